-- Everything around one activity: values of its day, laps, zones, best efforts, parts that were merged or cut, and computing anew.

-- What an archive's list says about a recording, until the recording is read.
alter table import_files add column about jsonb;
alter table import_files drop constraint import_files_outcome_check;
alter table import_files add constraint import_files_outcome_check
  check (outcome in ('queued', 'unpacked', 'imported', 'merged', 'duplicate', 'recovered', 'skipped', 'failed', 'undone'));

alter table activities
  add column origin text not null default 'file' check (origin in ('file', 'manual', 'split')),
  add column sub_sport text,
  add column description text not null default '',
  add column gear text,
  -- The same activity from another source: it lives on inside that one and comes back when the two are taken apart.
  add column merged_into uuid references activities on delete set null,
  -- The activity that this one was cut from.
  add column split_from uuid references activities on delete set null,
  -- What of the recording counts. Moments, not seconds from the start: a merge may begin earlier.
  add column crop_from timestamptz,
  add column crop_to timestamptz,
  add column hr_lag_low_s double precision,
  add column hr_lag_high_s double precision,
  add column edwards double precision,
  add column hr_stress double precision,
  add column running_stress double precision,
  add column vo2max double precision,
  -- Seconds in each of five zones, and the lower bounds of those zones in beats per minute.
  add column zones_s double precision[],
  add column zone_bounds double precision[],
  add column laps jsonb not null default '[]',
  -- Something that the metrics depend on has changed since they were computed.
  add column stale boolean not null default false,
  -- The formulas that could not compute it: it keeps its old metrics until there are newer ones.
  add column failed_version int not null default 0;
-- A merge shows its parts.
create index activities_merged on activities (merged_into) where merged_into is not null;
create index activities_split on activities (split_from) where split_from is not null;
-- What is to be computed anew.
create index activities_stale on activities (athlete_id, started_at desc) where stale;
create index activities_version on activities (formula_version);

-- The best effort of an activity over each distance and in each duration.
create table activity_efforts (
  activity_id uuid not null references activities on delete cascade,
  athlete_id  uuid not null references accounts on delete cascade,
  kind        text not null check (kind in ('distance', 'duration')),
  -- Metres or seconds, whichever was asked for.
  target      double precision not null,
  distance_m  double precision not null,
  elapsed_s   double precision not null,
  start_s     double precision not null,
  primary key (activity_id, kind, target)
);
-- Records and the curve of a season.
create index activity_efforts_best on activity_efforts (athlete_id, kind, target, elapsed_s, distance_m);
alter table activity_efforts enable row level security;
create policy own on activity_efforts using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on activity_efforts to legwork_app;

-- What formulas need to know of the athlete, from a day on. A value that is null goes on from the row before.
create table athlete_values (
  athlete_id         uuid not null references accounts on delete cascade,
  valid_from         date not null,
  hr_rest            double precision check (hr_rest between 25 and 120),
  hr_max             double precision check (hr_max between 100 and 240),
  threshold_hr       double precision check (threshold_hr between 80 and 230),
  threshold_s_per_km double precision check (threshold_s_per_km between 120 and 900),
  weight_kg          double precision check (weight_kg between 25 and 300),
  sex                text check (sex in ('female', 'male')),
  zone_model         text check (zone_model in ('maximum', 'reserve', 'threshold')),
  grade_model        text check (grade_model in ('heart_rate', 'minetti')),
  created_at         timestamptz not null,
  updated_at         timestamptz not null default clock_timestamp(),
  primary key (athlete_id, valid_from)
);
create trigger touch before update on athlete_values for each row execute function touch_updated_at();
alter table athlete_values enable row level security;
create policy own on athlete_values using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on athlete_values to legwork_app;

-- A task that computes activities anew, with its progress.
create table recomputes (
  id           uuid primary key,
  athlete_id   uuid not null references accounts on delete cascade,
  reason       text not null,
  total        int not null,
  done         int not null default 0,
  failed       int not null default 0,
  created_at   timestamptz not null,
  finished_at  timestamptz,
  cancelled_at timestamptz
);
-- One at a time for each athlete: a second reason joins the first.
create unique index recomputes_open on recomputes (athlete_id) where finished_at is null;
create index recomputes_recent on recomputes (athlete_id, created_at desc);
alter table recomputes enable row level security;
create policy own on recomputes using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update on recomputes to legwork_app;

-- The worker serves everybody: it may learn which athletes have something to compute, and nothing else.
create function athletes_with_recomputes() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select r.athlete_id from recomputes r where r.finished_at is null order by r.created_at limit 100;
  end;
create function athletes_with_older_formulas(current_version int) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select distinct a.athlete_id from activities a where a.formula_version < current_version and a.failed_version < current_version;
  end;
revoke all on function athletes_with_recomputes() from public;
revoke all on function athletes_with_older_formulas(int) from public;
grant execute on function athletes_with_recomputes() to legwork_app;
grant execute on function athletes_with_older_formulas(int) to legwork_app;
