"""``python -m unwire`` is the command line."""

import sys

from unwire.cli import main

if __name__ == "__main__":
    sys.exit(main())
