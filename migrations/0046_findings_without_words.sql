-- A report keeps what its sentences are made of, and they are made when it is read. Reports are computed from what athletes keep, so the old ones
-- go: the version that starts next computes every report again in the background, because the stored one is of another version or is not there.
-- That a computation failed is a code, like that of an export (0043).
-- Locks: `discovery_reports` and `discovery_jobs` while their rows change: an athlete has one report and a few jobs.
delete from discovery_reports;
update discovery_jobs set error = 'failed' where error is not null;
