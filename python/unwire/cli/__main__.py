"""`python -m unwire.cli`: the command line without an installed script. No logic."""

import sys

from unwire.cli import main

if __name__ == "__main__":
    sys.exit(main())
