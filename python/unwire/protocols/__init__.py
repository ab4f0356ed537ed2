"""One protocol per file. Nobody keeps a list: a file here is found, and its classes say themselves which numbers they answer to."""
