-- Which copy of a week a session was made by, so that the copy can be undone.
-- Locks: `planned_sessions` exclusively, for the moment in which a column without a default is added, and against writes while an empty index is made.
-- squawk-ignore-file require-concurrent-index-creation -- because migrations run in a transaction, and no row has the new column
alter table planned_sessions add column copy_id uuid;
create index planned_sessions_copy on planned_sessions (copy_id) where copy_id is not null;
