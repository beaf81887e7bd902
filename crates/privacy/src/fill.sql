-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into data_exports (id, athlete_id, requested_at, finished_at, expires_at) select id, athlete, at, case when n <> 7 then at end, at from few;
