-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into athlete_thresholds (athlete_id, valid_from, resting_hr, created_at) select athlete, date '2000-01-01' + n::int, 50, at from few;
insert into visibility_settings (athlete_id) select id from accounts;
insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at) select id, athlete, 'Home', 1, 2, 500, at from few;
insert into activities (id, athlete_id, import_file_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date,
    elapsed_s, moving_s, distance_m, avg_hr_bpm, trimp, repairs, warnings, splits, route_preview, series, formula_version, created_at, merged_into,
    split_from, metrics_stale)
  select id, athlete, id, sha256(id::text::bytea), 0, n || '.fit', case when n % 10 = 1 then 'cycling' else 'running' end, 'Run ' || n, at, at, at::date,
    3600, 3500, 10000 + n % 999, 140 + n % 20, 50 + n % 99, '{}', '{}', '[]', '[]', jsonb_build_object('x', repeat('x', 1200)), 9, at,
    case when n % 100 = 3 then pg_temp.id(n - 1) end, case when n % 100 = 5 then pg_temp.id(n - 1) end, n % 1000 = 7
  from owned;
insert into activity_streams (activity_id, athlete_id, samples) select id, athlete, repeat('x', 200)::bytea from owned;
insert into activity_efforts (activity_id, athlete_id, kind, target, distance_m, elapsed_s, start_s, year)
  select id, athlete, kind, target, 1000, 200 + n % 100, 0, extract(year from at) from owned, (values ('distance', 1000), ('distance', 5000), ('duration', 1200)) best (kind, target);
insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows) select id, athlete, 'Run', at::date, at, '{}' from few;
insert into recompute_tasks (id, athlete_id, reason, total, created_at, finished_at)
  select id, athlete, 'edits', 1, at, case when n <> 7 then at end from few;
insert into activity_months (athlete_id, month, activities, facts, words)
  select athlete, date_trunc('month', at)::date, count(*), string_agg(decode(repeat('00', 60), 'hex'), ''), string_agg(E'\t\trun', chr(10)) from owned group by 1, 2;
insert into gear (id, athlete_id, name, kind, created_at) select id, athlete, 'Shoes ' || n, 'shoes', at from few;
insert into saved_filters (id, athlete_id, name, query, created_at) select id, athlete, 'Filter ' || n, 'sport=run', at from few;
insert into bulk_edits (id, athlete_id, action, before, created_at) select id, athlete, 'tag', '[]', at from few;
