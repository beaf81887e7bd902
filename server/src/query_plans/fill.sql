-- Rows for the planner to choose by: 20,000 accounts, of which 2,000 are in use; of these athletes one has 5,000 activities and the others fifteen
-- each; clubs, of which one is large; and as many rows of everything else as such a server has. Most work is done, as it is on a server that is not
-- behind.
--
-- Number 0 is the largest of its kind, and its id is the same in each table: the athlete with the most activities, its largest import, the club
-- with the most members. So one id stands for whatever a query asks for.

-- Neither triggers nor references: the rows fit together. Numbers of rows that count up are below zero, so that the test can add some.
set session_replication_role = replica;

create function pg_temp.id(n bigint) returns uuid language sql immutable
  return ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
-- Row `n` of an athlete's, by the number of each; `few` are one in seven of them.
create temp table owned as
  select n, pg_temp.id(n) as id, whose, pg_temp.id(whose) as athlete, timestamptz '2026-01-01' + n * interval '1 minute' as at
    from (select n, case when n < 5000 then 0 else 1 + n % 1999 end as whose from generate_series(0, 34984) n) numbered;
create temp table few as select * from owned where n % 7 = 0;

insert into accounts (id, email, name, password_hash, time_zone, created_at, role, email_verified_at, deletion_requested_at)
  select pg_temp.id(n), 'athlete' || n || '@example.org', 'Athlete ' || n, repeat('x', 90), 'UTC', '2026-01-01',
    case when n = 7 then 'owner' when n % 400 = 1 then 'employee' else 'athlete' end, case when n % 50 <> 1 then timestamptz '2026-01-01' end,
    case when n % 500 = 1 then now() end
  from generate_series(0, 19999) n;
insert into consents (account_id, what, version, given_at)
  select id, what, '1', created_at from accounts, unnest(array['terms', 'privacy_notice']) what;
insert into sessions (token_hash, account_id, created_at, expires_at, last_seen_at)
  select sha256(id::text::bytea), athlete, at, now() + interval '90 days', now() from few;
insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) select athlete, sha256(id::text::bytea), at, now() from few;
insert into one_time_tokens (token_hash, account_id, purpose, created_at, expires_at)
  select sha256(id::text::bytea), athlete, (array['verify', 'reset', 'second_factor'])[1 + n % 3], at, now() + interval '1 day' from few;
insert into totp_credentials (account_id, secret, confirmed_at, created_at) select id, 'x', now(), now() from accounts;
insert into passkeys (id, account_id, credential_id, name, credential, created_at) select id, athlete, sha256(id::text::bytea), 'Key', '{}', at from few;
insert into recovery_codes (account_id, code_hash, created_at) select athlete, sha256(id::text::bytea), at from few;
insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at)
  select sha256(id::text::bytea), id, athlete, (array['personal', 'access', 'refresh'])[1 + n % 3], 'Token', '{}', id, at, now() + interval '1 day' from few;
insert into external_identities (issuer, subject, account_id, created_at) select 'https://example.org', id, athlete, at from few;
insert into audit_log (id, at, actor_id, subject_id, action) overriding system value
  select n - 1000000, at, athlete, athlete, 'accounts.signed_in' from owned;
insert into webauthn_challenges (token_hash, state, expires_at) select sha256(id::text::bytea), '{}', now() + interval '1 minute' from few;

insert into organisations (id, name, created_at) select pg_temp.id(n), 'Club ' || n, now() from generate_series(0, 1999) n;
insert into memberships (organisation_id, account_id, role, joined_at)
  select pg_temp.id(0), pg_temp.id(n), case n when 0 then 'business_owner' else 'athlete' end, now() from generate_series(0, 49) n
  union all select pg_temp.id(n), pg_temp.id(n), 'business_owner', now() from generate_series(1, 1999) n
  union all select pg_temp.id(n), pg_temp.id(n - 1), 'coach', now() from generate_series(2, 1999) n;
insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at)
  select pg_temp.id(n), pg_temp.id(n), 'guest' || n || '@example.org', 'athlete', sha256(n::text::bytea), now(), now() + interval '1 day'
  from generate_series(0, 1999) n;

insert into imports (id, athlete_id, created_at) select id, athlete, at from few;
insert into import_files (id, import_id, athlete_id, name, bytes, outcome, upload_key, created_at, finished_at, held_by, held_until)
  select id, case when n < 1000 then pg_temp.id(0) else pg_temp.id(n - n % 7) end, athlete, n || '.fit', 100000,
    case when n % 1000 = 1 then 'queued' when n % 100 = 2 then 'failed' else 'imported' end, case when n % 100 = 2 or n % 1000 = 1 then id::text end,
    at, case when n % 1000 <> 1 then at end, id, at
  from owned;
insert into uploads (id, athlete_id, feature, name, bytes, received, created_at) select id, athlete, 'imports', n || '.fit', 100000, 100000, at from few;

insert into athlete_thresholds (athlete_id, valid_from, resting_hr, created_at) select athlete, date '2000-01-01' + n::int, 50, at from few;
insert into visibility_settings (athlete_id) select id from accounts;
insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at) select id, athlete, 'Home', 1, 2, 500, at from few;
insert into activities (id, athlete_id, import_file_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date,
    elapsed_s, moving_s, distance_m, avg_hr_bpm, trimp, repairs, warnings, splits, route_preview, series, formula_version, created_at, merged_into,
    split_from, metrics_stale)
  select id, athlete, id, sha256(id::text::bytea), 0, n || '.fit', case when n % 10 = 1 then 'cycling' else 'running' end, 'Run ' || n, at, at, at::date,
    3600, 3500, 10000 + n % 999, 140 + n % 20, 50 + n % 99, '{}', '{}', '[]', '[]', jsonb_build_object('x', repeat('x', 500)), 9, at,
    case when n % 100 = 3 then pg_temp.id(n - 1) end, case when n % 100 = 5 then pg_temp.id(n - 1) end, n % 1000 = 7
  from owned;
insert into activity_streams (activity_id, athlete_id, samples) select id, athlete, repeat('x', 200)::bytea from owned;
insert into activity_efforts (activity_id, athlete_id, kind, target, distance_m, elapsed_s, start_s)
  select id, athlete, kind, target, 1000, 200 + n % 100, 0 from owned, (values ('distance', 1000), ('distance', 5000), ('duration', 1200)) best (kind, target);
insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows) select id, athlete, 'Run', at::date, at, '{}' from few;
insert into recompute_tasks (id, athlete_id, reason, total, created_at, finished_at)
  select id, athlete, 'edits', 1, at, case when n <> 7 then at end from few;

insert into journal_entries (athlete_id, day, sleep_hours, mood, created_at) select athlete, date '2000-01-01' + n::int, 7, 3, at from owned;
insert into discovery_jobs (id, athlete_id, requested_at, started_at, finished_at) select id, athlete, at, at, case when n <> 7 then at end from few;
insert into discovery_reports (athlete_id, fingerprint, computed_at, report) select id, 'engine x', now(), '{}' from accounts;
insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings)
  select athlete, date '2000-01-01' + n::int, at, 'x', 'x', '[]' from owned;

insert into change_log (id, athlete_id, actor_id, at, table_name, row_key, before, after) overriding system value
  select n - 1000000, athlete, athlete, at, (array['activities', 'journal_entries'])[1 + n % 2], id::text, '{}', case when n % 100 <> 1 then jsonb '{}' end from owned;
insert into events (id, athlete_id, actor_id, name, created_at, dispatched_at) overriding system value
  select n - 1000000, athlete, athlete, 'activities.changed', at, case when n % 1000 <> 1 then at end from owned;
insert into idempotency_keys (athlete_id, key, request, created_at) select athlete, id, 'x', at from few;
insert into data_exports (id, athlete_id, requested_at, finished_at, expires_at) select id, athlete, at, case when n <> 7 then at end, at from few;

set session_replication_role = default;
analyze;
