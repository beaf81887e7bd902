-- The intervals of an activity, found from pace and heart rate, or as the athlete corrected them; and its time in zones of pace.
-- Locks: `activities` exclusively, for the moment in which columns without a table rewrite are added and triggers are replaced.
-- squawk-ignore-file constraint-missing-not-valid -- because the columns are new
alter table activities
  -- Seconds in five zones of graded pace, slowest first, and where they begin: metres per second.
  add column pace_zones_s float8[],
  add column pace_zone_bounds float8[],
  -- Each with its numbers (`domain::activities::Stretch`), in order.
  add column intervals jsonb not null default '[]' check (jsonb_typeof(intervals) = 'array'),
  -- The athlete's own in place of those that are found: pairs of milliseconds since 1970 by the recording's clock, in order.
  add column own_intervals int8[] check (cardinality(own_intervals) <= 200 and cardinality(own_intervals) % 2 = 0 and array_ndims(own_intervals) = 1 and array_position(own_intervals, null) is null);

drop trigger mark_edited on activities;
create trigger mark_edited before update on activities for each row
  when ((old.sport, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s, old.own_intervals)
    is distinct from (new.sport, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s, new.own_intervals))
  execute function mark_edited();

drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s, old.tags, old.kind, old.hidden,
      old.effort, old.legs, old.mood, old.felt, old.own_intervals)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s, new.tags, new.kind, new.hidden,
      new.effort, new.legs, new.mood, new.felt, new.own_intervals)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s',
    'tags', 'kind', 'hidden', 'effort', 'legs', 'mood', 'felt', 'own_intervals');
