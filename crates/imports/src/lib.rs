//! Imports: files in, one line of outcome per file, undo.
