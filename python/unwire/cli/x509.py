"""`unwire x509`: a log; see logs.py."""

from unwire.cli.logs import verb

x509 = verb("x509", "a row for each certificate")
