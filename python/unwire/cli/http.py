"""`unwire http`: a log; see logs.py."""

from unwire.cli.logs import verb

http = verb("http", "a row for each request of HTTP with its response")
