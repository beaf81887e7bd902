-- What others may see of an activity that is passed on, and the places around which nobody sees a route.
-- Locks nothing that was there before.

create table sharing (
  athlete_id uuid primary key references accounts on delete cascade,
  -- Times, distance, pace; where; and how the heart went. Nobody sees anything until the athlete says so.
  training   text not null default 'me' check (training in ('me', 'organisation', 'everybody')),
  map        text not null default 'me' check (map in ('me', 'organisation', 'everybody')),
  heart_rate text not null default 'me' check (heart_rate in ('me', 'organisation', 'everybody')),
  updated_at timestamptz not null default clock_timestamp()
);
create trigger touch before update on sharing for each row execute function touch_updated_at();
alter table sharing enable row level security;
create policy own on sharing using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on sharing to legwork_app;

create table home_zones (
  id            uuid primary key,
  athlete_id    uuid not null references accounts on delete cascade,
  name          text not null check (length(name) between 1 and 80),
  -- Not the door itself: the middle is moved at random when the zone is made, so that where routes begin does not point at it.
  latitude_deg  double precision not null check (latitude_deg between -90 and 90),
  longitude_deg double precision not null check (longitude_deg between -180 and 180),
  radius_m      double precision not null check (radius_m between 100 and 5000),
  created_at    timestamptz not null
);
create index home_zones_athlete on home_zones (athlete_id, created_at);
alter table home_zones enable row level security;
create policy own on home_zones using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, delete on home_zones to legwork_app;
