//! The Python skin of the engine: conversions and the release of the GIL, nothing else.
