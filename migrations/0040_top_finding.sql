-- The surest finding beside the report, without what its chart draws: home shows it, and a report is hundreds of kilobytes to read.
-- Locks: `discovery_reports` for a moment, to add a column without a default, which rewrites nothing. Empty until the next computation, which the
-- new version of the reports asks for at once.
alter table discovery_reports add column top jsonb;
