"""`unwire weird`: a log; see logs.py."""

from unwire.cli.logs import CHECKSUMS, verb

weird = verb("weird", "a row for each thing that should not be", CHECKSUMS)
