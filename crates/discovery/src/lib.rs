//! Discovery: builds the daily table of an athlete, runs inference, keeps the findings.
