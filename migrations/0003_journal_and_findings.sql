-- The daily journal, and what discovery found.

create table journal_entries (
  athlete_id    uuid not null references accounts on delete cascade,
  day           date not null,
  sleep_hours   double precision check (sleep_hours between 0 and 24),
  sleep_quality double precision check (sleep_quality between 1 and 5),
  resting_hr    double precision check (resting_hr between 25 and 150),
  hrv           double precision check (hrv between 1 and 300),
  soreness      double precision check (soreness between 1 and 5),
  mood          double precision check (mood between 1 and 5),
  stress        double precision check (stress between 1 and 5),
  work_hours    double precision check (work_hours between 0 and 24),
  alcohol       double precision check (alcohol between 0 and 40),
  caffeine      double precision check (caffeine between 0 and 30),
  note          text not null default '',
  created_at    timestamptz not null,
  updated_at    timestamptz not null default clock_timestamp(),
  -- Reads are always of one athlete over days: the key is the index.
  primary key (athlete_id, day)
);
create trigger touch before update on journal_entries for each row execute function touch_updated_at();
alter table journal_entries enable row level security;
create policy own on journal_entries using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on journal_entries to legwork_app;

-- The last report and the fingerprint of the data that it was computed from.
create table discovery_reports (
  athlete_id  uuid primary key references accounts on delete cascade,
  fingerprint text not null,
  computed_at timestamptz not null,
  report      jsonb not null
);
alter table discovery_reports enable row level security;
create policy own on discovery_reports using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on discovery_reports to legwork_app;
