-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into planned_sessions (id, athlete_id, day, kind, words, target, amount, steps, matched_activity_id, created_at)
  select id, athlete, date '2026-01-01' + (n % 400)::int, 'run', 'tempo', 'distance', 8000, '2km easy; 4 x (1km 4:35/km, 90s jog)',
    case when n % 9 = 0 then id end, at from owned where n % 3 = 0;
insert into calendar_feeds (athlete_id, token_hash, created_at) select id, sha256(id::text::bytea), timestamptz '2026-01-01' from accounts;
