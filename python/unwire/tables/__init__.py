"""Tables: lazy results of a capture, handed on as Arrow streams, text or files. Decoding is the engine's."""
