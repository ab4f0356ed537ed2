"""`unwire files`: a log; see logs.py."""

from unwire.cli.logs import EXTRACT, verb

files = verb("files", "a row for each file that HTTP carried, with its hashes", EXTRACT)
