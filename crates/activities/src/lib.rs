//! Activities: what was run, with its metrics and streams.
