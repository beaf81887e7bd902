-- What the list of activities filters, sorts and adds up: sixty bytes of each activity, a row for each month of an athlete, kept by triggers like the
-- series of daily values. One request reads them all, whatever it filters by: fifty thousand activities are three megabytes, where their rows are a
-- hundred. An index for each filter would serve each alone, and no totals.
-- Locks: `activities` for the moment in which columns and triggers are added, and while its rows are read once: three seconds for a hundred thousand.

alter table activities
  -- In the athlete's own words, without doubles.
  add column tags text[] not null default '{}',
  -- The kind of sport that the athlete chose, finer than `sport`; null: as the recording says.
  add column kind text,
  -- Whether `sport` is our guess, because the file did not say.
  add column sport_guessed boolean not null default false,
  -- Whether nobody else sees it, whatever the athlete shares.
  add column hidden boolean not null default false,
  -- Where it began; filled when its metrics are computed.
  add column start_latitude_deg double precision,
  add column start_longitude_deg double precision,
  add constraint activities_tags_check check (cardinality(tags) <= 20 and length(array_to_string(tags, '')) <= 800) not valid,
  add constraint activities_kind_check check (kind ~ '^[a-z_]{1,20}$') not valid;

-- An edit of those can be undone, too.
drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s, old.tags, old.kind, old.hidden)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s, new.tags, new.kind, new.hidden)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s',
    'tags', 'kind', 'hidden');

-- What nobody else sees is nobody's to see.
create or replace function visibility_of_activity(activity uuid) returns table (athlete uuid, name text, synthetic boolean, map boolean, heart_rate boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.athlete_id, s.name, s.synthetic, s.map, s.heart_rate from activities a cross join lateral visibility_of_athlete(a.athlete_id) s
    where a.id = activity and a.merged_into is null and not a.hidden;
  end;

-- The kinds, in the order of `domain::activities::Kind::ALL`: rows hold the place in it. New ones are added at the end.
create function activity_kinds() returns text[]
  language sql immutable parallel safe
  return array['run', 'trail_run', 'treadmill', 'walk', 'hike', 'ride', 'swim', 'open_water', 'row', 'ski', 'strength', 'yoga', 'transition', 'other'];

-- The kind of an activity: what was chosen, else what sport and sub-sport say. `domain::activities::Kind::of` is the same in Rust.
create function kind_of_activity(chosen text, sport text, sub_sport text) returns text
  language sql immutable parallel safe
  return case
    when chosen is not null then chosen
    when sport = 'running' and sub_sport = 'trail' then 'trail_run'
    when sport = 'running' and sub_sport in ('treadmill', 'indoor_running') then 'treadmill'
    when sport = 'running' then 'run'
    when sport = 'walking' and sub_sport = 'hiking' then 'hike'
    when sport = 'walking' then 'walk'
    when sport = 'cycling' then 'ride'
    when sport = 'swimming' and sub_sport = 'open_water' then 'open_water'
    when sport = 'swimming' then 'swim'
    when sport = 'transition' then 'transition'
    when sub_sport in ('rowing', 'indoor_rowing') then 'row'
    when sub_sport in ('skiing', 'cross_country_skiing', 'alpine_skiing') then 'ski'
    when sub_sport = 'strength_training' then 'strength'
    when sub_sport = 'yoga' then 'yoga'
    else 'other' end;

-- A number in whole parts of a unit; -1 where it is not known. Whatever an archive brings fits.
create function packed_number(x double precision, per_unit double precision) returns bytea
  language sql immutable parallel safe
  return int4send(case when x is null then -1 else least(greatest(round(x * per_unit), 0), 2e9)::int end);
-- A text on one line, without tabs.
create function packed_text(x text) returns text
  language sql immutable parallel safe
  return translate(coalesce(x, ''), E'\n\t\r', '   ');

create table activity_months (
  athlete_id uuid not null references accounts on delete cascade,
  -- The first day of the month in which they started, in UTC.
  month date not null,
  activities int not null,
  -- Of each activity that stands on its own, by start and id, sixty bytes, the largest first (`crates/activities/src/listed.rs`): id; start, in
  -- microseconds since 1970; day, since 1970; distance in dm, time in motion in ds, heart rate in tenths, climb in dm, load in tenths; latitude plus 90
  -- and longitude plus 180 of the start in 1e-5 degrees; place of the kind; 1 if its day is a possible one, plus 2 if nobody else sees it; 0.
  facts bytea not null,
  -- A line of each, in the same order: gear; tags, with commas around and between them; and what is searched, in lower case: title, gear, tags, and the
  -- beginning of what the athlete wrote. Tabs stand between the three.
  words text not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (athlete_id, month)
);
-- They are read whole: unpacking them would take longer than reading.
alter table activity_months alter column facts set storage external, alter column words set storage external;
alter table activity_months enable row level security;
create policy own on activity_months using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select on activity_months to legwork_app;

-- The row of a month, or none.
create function packed_month(athlete uuid, of_month date) returns setof activity_months
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select athlete, of_month, count(*)::int,
        string_agg(uuid_send(a.id) || int8send((extract(epoch from a.started_at) * 1000000)::bigint) || int4send(a.local_date - date '1970-01-01')
          || packed_number(a.distance_m, 10) || packed_number(coalesce(a.moving_s, a.elapsed_s), 10) || packed_number(a.avg_hr_bpm, 10)
          || packed_number(a.elevation_gain_m, 10) || packed_number(a.trimp, 10)
          || packed_number(a.start_latitude_deg + 90, 100000) || packed_number(a.start_longitude_deg + 180, 100000)
          || int2send(coalesce(array_position(activity_kinds(), kind_of_activity(a.kind, a.sport, a.sub_sport)) - 1, 13)::smallint)
          || int2send(((a.origin = 'manual' or is_possible_day(a.local_date, a.created_at))::int + 2 * a.hidden::int)::smallint),
          '' order by a.started_at desc, a.id desc),
        string_agg(packed_text(a.gear) || chr(9) || case when a.tags = '{}' then '' else ',' || packed_text(array_to_string(a.tags, ',')) || ',' end || chr(9)
          || lower(packed_text(concat_ws(' ', a.title, a.gear, array_to_string(a.tags, ' '), left(a.description, 200)))),
          chr(10) order by a.started_at desc, a.id desc),
        clock_timestamp()
      from activities a
      where a.athlete_id = athlete and a.merged_into is null and a.started_at >= (of_month::timestamp at time zone 'UTC')
        and a.started_at < ((of_month + interval '1 month') at time zone 'UTC')
      having count(*) > 0;
  end;

-- For triggers alone: makes the row of a month once more. One at a time for an athlete, so that each sees what the other stored.
create function pack_month(athlete uuid, of_month date) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform pg_advisory_xact_lock(hashtextextended('activity_months ' || athlete, 0));
    insert into activity_months as m select * from packed_month(athlete, of_month)
      on conflict (athlete_id, month) do update set activities = excluded.activities, facts = excluded.facts, words = excluded.words,
        updated_at = excluded.updated_at;
    if not found then
      delete from activity_months where athlete_id = athlete and month = of_month;
    end if;
  end;
  $$;

-- After rows were added or removed, which are named `changed`.
create function pack_changed_months() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform pack_month(c.athlete_id, c.month)
      from (select distinct a.athlete_id, date_trunc('month', a.started_at at time zone 'UTC')::date as month from changed a
            where a.merged_into is null order by 1, 2) c;
    return null;
  end;
  $$;
-- After rows changed, from `was` to `changed`: months in which something that the list shows is another.
create function pack_edited_months() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform pack_month(c.athlete_id, c.month)
      from (select distinct e.athlete_id, date_trunc('month', e.started_at at time zone 'UTC')::date as month
            from was o join changed n on n.id = o.id cross join lateral (values (o.athlete_id, o.started_at), (n.athlete_id, n.started_at)) e (athlete_id, started_at)
            where (o.started_at, o.local_date, o.merged_into, o.title, o.description, o.gear, o.tags, o.sport, o.sub_sport, o.kind, o.hidden, o.distance_m,
                o.moving_s, o.elapsed_s, o.avg_hr_bpm, o.elevation_gain_m, o.trimp, o.start_latitude_deg, o.start_longitude_deg)
              is distinct from (n.started_at, n.local_date, n.merged_into, n.title, n.description, n.gear, n.tags, n.sport, n.sub_sport, n.kind, n.hidden, n.distance_m,
                n.moving_s, n.elapsed_s, n.avg_hr_bpm, n.elevation_gain_m, n.trimp, n.start_latitude_deg, n.start_longitude_deg)
            order by 1, 2) c;
    return null;
  end;
  $$;
revoke all on function packed_month(uuid, date), pack_month(uuid, date), pack_changed_months(), pack_edited_months() from public;
create trigger pack_inserted after insert on activities referencing new table as changed for each statement execute function pack_changed_months();
create trigger pack_updated after update on activities referencing old table as was new table as changed for each statement execute function pack_edited_months();
create trigger pack_deleted after delete on activities referencing old table as changed for each statement execute function pack_changed_months();

insert into activity_months
  select p.* from (select distinct athlete_id, date_trunc('month', started_at at time zone 'UTC')::date as month from activities where merged_into is null) m
    cross join lateral packed_month(m.athlete_id, m.month) p;
