//! A synthetic athlete with planted effects, recorded as real FIT bytes.
