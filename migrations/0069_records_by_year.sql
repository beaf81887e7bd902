-- The year of an effort, so that the best of each year is the first of an index. Efforts are written again with the metrics, which a newer formula computes.
-- Locks: `activity_efforts` exclusively, for the moment in which a column without a default is added, and against writes while an index is made: a second for a
-- million.
-- squawk-ignore-file require-concurrent-index-creation -- because migrations run in a transaction, and this one takes a second
alter table activity_efforts add column year smallint;
create index activity_efforts_year on activity_efforts (athlete_id, kind, target, year, elapsed_s) where year is not null;
