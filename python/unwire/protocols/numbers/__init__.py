"""Numbers that have names, for protocols with so many that they fill a file. No layouts."""
