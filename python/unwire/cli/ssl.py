"""`unwire ssl`: a log; see logs.py."""

from unwire.cli.logs import verb

ssl = verb("ssl", "a row for each session of TLS")
