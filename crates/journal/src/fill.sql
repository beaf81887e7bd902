-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
  select athlete, date '2000-01-01' + n::int, measure, 'typed', 3, at, at from owned, unnest(array['sleep_hours', 'mood']) m (measure);
insert into daily_values (athlete_id, day, measure, source, origin, number, recorded_at, created_at)
  select athlete, date '2000-01-01' + n::int, 'mood', 'file', pg_temp.id(n / 100), 3, at, at from few;
insert into daily_series (athlete_id, measure, year, numbers, days, updated_at)
  select distinct athlete, measure, 2000 + n::int / 365, array_fill(3::float8, array[366]), 366, timestamptz '2026-01-01'
    from owned, unnest(array['sleep_hours', 'mood']) m (measure);
insert into measures (id, athlete_id, key, label, kind, known, notable, created_at)
  select id, athlete, 'own_measure_' || n, 'Measure', 'yes_no', 'before_run', 1, at from few where n % 14 = 0;
insert into journal_settings (athlete_id, asked, created_at) select distinct athlete, array['mood'], timestamptz '2026-01-01' from few;
insert into table_presets (id, athlete_id, headers, meanings, used_at, created_at)
  select id, athlete, array[n::text], array['date'], at, at from few;
