-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into discovery_jobs (id, athlete_id, requested_at, started_at, finished_at) select id, athlete, at, at, case when n <> 7 then at end from few;
insert into discovery_reports (athlete_id, fingerprint, computed_at, report) select id, 'engine x', now(), '{}' from accounts;
insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings)
  select athlete, date '2000-01-01' + n::int, at, 'x', 'x', '[]' from owned;
insert into finding_feedback (athlete_id, result, input, outcome, finding_group, engine, formulas, helpful, comment, created_at)
  select athlete, md5(n::text) || '00000000', 'sleep_hours', 'efficiency', 'helps', '3', 4, n % 3 > 0, case when n % 2 = 0 then 'Knew that.' end, at from few;
