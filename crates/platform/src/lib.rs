//! The ground floor with I/O: configuration, clock, ids, database session, files, errors.
