-- How an activity felt to its athlete, and what is compared of it with earlier ones: its route by its shape, its climbs, its second half.
-- Locks: `activities` exclusively, for the moment in which columns without a table rewrite are added, and against writes while two empty indexes are made.
-- squawk-ignore-file require-concurrent-index-creation, constraint-missing-not-valid -- because migrations run in a transaction, and the columns are new
alter table activities
  -- Effort on Borg's CR10 scale; legs and mood from 1 to 5.
  add column effort smallint check (effort between 1 and 10),
  add column legs smallint check (legs between 1 and 5),
  add column mood smallint check (mood between 1 and 5),
  add column felt text not null default '' check (length(felt) <= 500),
  -- The climbs, each with its numbers (`domain::activities::ClimbRow`).
  add column climbs jsonb not null default '[]' check (jsonb_typeof(climbs) = 'array'),
  -- Graded pace on the climbs less that on the flat.
  add column climbs_against_flat_s_per_km float8,
  -- Graded speed of the second half against the first, per cent.
  add column second_half_pct float8,
  -- The simplified line, and what finds those that may be the same (`physiology::route`). Activities on one route share its id.
  add column route_id uuid,
  add column route_line jsonb,
  add column route_length_m integer,
  add column route_latitude_e5 integer,
  add column route_longitude_e5 integer;

create index activities_on_route on activities (athlete_id, route_id, started_at) where route_id is not null;
create index activities_near_route on activities (athlete_id, route_length_m, route_latitude_e5) where route_id is not null;

drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s, old.tags, old.kind, old.hidden,
      old.effort, old.legs, old.mood, old.felt)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s, new.tags, new.kind, new.hidden,
      new.effort, new.legs, new.mood, new.felt)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s',
    'tags', 'kind', 'hidden', 'effort', 'legs', 'mood', 'felt');
