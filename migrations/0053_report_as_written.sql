-- A report is read whole, never in parts: as it was written it costs a page a millisecond less than JSON that the database has taken apart.
-- Locks: all of `discovery_reports` until its rows are rewritten, one for each athlete, some 50 kB of it compressed: a second for a thousand athletes.
-- squawk-ignore changing-column-type -- because the table has one row for each athlete, and a server that is older reads it as before
alter table discovery_reports alter column report type json using report::json;
