-- What to know before believing an activity's numbers is computed with them, so it changes when they do. `warnings` keeps what the reader of
-- the file had to say.
-- Locks: `activities` for a moment, to add a column with a constant default, which rewrites nothing.
alter table activities add column caveats text[] not null default '{}';
