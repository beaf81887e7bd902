-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into goals (id, athlete_id, kind, name, day, distance_m, created_at)
  select id, athlete, 'race', 'Race ' || n, date '2027-01-01' + (n % 1000)::int, 21097.5, at from few;
insert into availability (athlete_id, slots, long_run, created_at) select id, array['tue_early', 'sun_early'], 'sun', timestamptz '2026-01-01' from accounts;
insert into onboarding (athlete_id, done, skipped, created_at) select id, array['goals', 'import'], array['body'], timestamptz '2026-01-01' from accounts;
