//! The journal: fifteen seconds a day, and its CSV import.
