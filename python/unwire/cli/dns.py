"""`unwire dns`: a log; see logs.py."""

from unwire.cli.logs import verb

dns = verb("dns", "a row for each question of DNS with its answer")
