//! Captures: files and pipes of records, whatever container they come in. Knows no schema and no protocol.
