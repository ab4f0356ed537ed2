"""``python -m unwire`` is the command line."""

from unwire.cli import main

if __name__ == "__main__":
    main()
