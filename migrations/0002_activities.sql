-- Imports, activities and their streams.

create table imports (
  id         uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  created_at timestamptz not null,
  undone_at  timestamptz
);
-- The list of earlier imports, newest first.
create index imports_recent on imports (athlete_id, created_at desc);
alter table imports enable row level security;
create policy own on imports using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update on imports to legwork_app;

-- One line for each file; the queue and what the athlete sees are the same rows.
create table import_files (
  id          uuid primary key,
  import_id   uuid not null references imports on delete cascade,
  athlete_id  uuid not null references accounts on delete cascade,
  name        text not null,
  bytes       bigint not null,
  -- Key of the received bytes in the file store; null once they are dealt with.
  upload      text,
  outcome     text not null check (outcome in ('queued', 'unpacked', 'imported', 'duplicate', 'recovered', 'failed', 'undone')),
  message     text not null default '',
  attempts    int not null default 0,
  created_at  timestamptz not null,
  finished_at timestamptz
);
create index import_files_import on import_files (import_id, id);
create index import_files_athlete on import_files (athlete_id);
-- What is left to do, for the worker.
create index import_files_queued on import_files (created_at) where outcome = 'queued';
alter table import_files enable row level security;
create policy own on import_files using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update on import_files to legwork_app;

-- The worker serves everybody: it may learn which athletes have something waiting, and nothing else.
create function athletes_with_queued_files() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.athlete_id from import_files f where f.outcome = 'queued' group by f.athlete_id order by min(f.created_at) limit 100;
  end;
revoke all on function athletes_with_queued_files() from public;
grant execute on function athletes_with_queued_files() to legwork_app;

create table activities (
  id                uuid primary key,
  athlete_id        uuid not null references accounts on delete cascade,
  import_file_id    uuid references import_files on delete set null,
  -- The recording that it came from: SHA-256 of the unpacked bytes, and which activity in it.
  source_sha256     bytea not null,
  source_part       smallint not null,
  source_name       text not null,
  sport             text not null,
  title             text not null,
  device            text,
  started_at        timestamptz not null,
  -- Where the athlete was: the day that the activity counts for, and the wall clock.
  local_start       timestamp not null,
  local_date        date not null,
  elapsed_s         double precision,
  moving_s          double precision,
  distance_m        double precision,
  ascent_m          double precision,
  avg_hr_bpm        double precision,
  max_hr_bpm        double precision,
  gap_s_per_km      double precision,
  ngp_s_per_km      double precision,
  efficiency_factor double precision,
  decoupling_pct    double precision,
  hr_lag_s          double precision,
  trimp             double precision,
  temperature_c     double precision,
  repairs           jsonb not null,
  warnings          text[] not null,
  splits            jsonb not null,
  thumb             jsonb not null,
  series            jsonb not null,
  -- Which version of the formulas computed the metrics.
  formula_version   int not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null default clock_timestamp()
);
-- The same file twice is one activity.
create unique index activities_source on activities (athlete_id, source_sha256, source_part);
-- The list, newest first.
create index activities_recent on activities (athlete_id, started_at desc, id desc);
-- Weeks, trend and the daily table of discovery.
create index activities_day on activities (athlete_id, local_date);
create index activities_import on activities (import_file_id);
create trigger touch before update on activities for each row execute function touch_updated_at();
alter table activities enable row level security;
create policy own on activities using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on activities to legwork_app;

-- The exact samples, compressed; read only when something is computed anew.
create table activity_streams (
  activity_id uuid primary key references activities on delete cascade,
  athlete_id  uuid not null references accounts on delete cascade,
  samples     bytea not null
);
create index activity_streams_athlete on activity_streams (athlete_id);
alter table activity_streams alter column samples set storage external;
alter table activity_streams enable row level security;
create policy own on activity_streams using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on activity_streams to legwork_app;
