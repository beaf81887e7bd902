-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into courses (id, athlete_id, name, distance_m, climb_m, points, created_at)
  select id, athlete, 'Half', 5000, 41.5, '\x00000000101f000000389c1c804a5d0520a10700981c0000d015a31c804a5d05'::bytea, at from few;
