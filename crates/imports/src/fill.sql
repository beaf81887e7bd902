-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into imports (id, athlete_id, created_at) select id, athlete, at from few;
insert into import_files (id, import_id, athlete_id, name, bytes, outcome, upload_key, created_at, finished_at, held_by, held_until)
  select id, case when n < 1000 then pg_temp.id(0) else pg_temp.id(n - n % 7) end, athlete, n || '.fit', 100000,
    case when n % 1000 = 1 then 'queued' when n % 100 = 2 then 'failed' else 'imported' end, case when n % 100 = 2 or n % 1000 = 1 then id::text end,
    at, case when n % 1000 <> 1 then at end, id, at
  from owned;
