"""Captures in Python: what `open` gives. Thin over the engine; no byte is read here."""
