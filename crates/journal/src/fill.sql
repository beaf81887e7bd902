-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into journal_entries (athlete_id, day, sleep_hours, mood, created_at) select athlete, date '2000-01-01' + n::int, 7, 3, at from owned;
