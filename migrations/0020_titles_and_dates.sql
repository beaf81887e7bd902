-- Names that we made follow the clock; a date that a device had wrong is set by the athlete, as a layer over the recording (decision 7).
-- Locks: `activities` for as long as it takes to add three nullable columns and swap a trigger, then row locks of the activities whose names
-- are ours, which waits for nobody but an import of the same activity.

alter table activities
  -- The name that we made last, such as 'Sunday morning run'. The name is ours while `title` is the same; null where it never was.
  add column made_title text,
  -- Added to the times of this activity's own recording, in milliseconds: its clock was wrong. Moments of a crop stay in the clock of
  -- the recording.
  add column clock_shift_ms bigint,
  -- Seconds to add to UTC for the local time at the start that the athlete typed.
  add column clock_utc_offset_s integer;

-- Names that look like ours and were never edited are ours.
update activities a set made_title = a.title
  where a.title ~ '^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day (morning|noon|afternoon|evening|night) (run|ride|swim|walk|transition|activity)$'
    and not exists (
      select from history h where h.athlete_id = a.athlete_id and h.subject = 'activities' and h.key = a.id::text
        and h.before ->> 'title' is distinct from h.after ->> 'title');

-- A date that was set is an edit, and can be undone like one. A name that we made again is none.
drop trigger history on activities;
create trigger history after update on activities for each row
  when ((old.sport, old.sub_sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
      is distinct from (new.sport, new.sub_sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function keep_history('id', 'title', 'sport', 'sub_sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s');

-- Whether an activity can be of that day: not before watches knew where they are, nor after it was imported (a day more, because clocks
-- differ round the globe). What is of no possible day counts in no sum over days. Inlined into the queries that ask.
create function is_possible_day(day date, imported_at timestamptz) returns boolean
  language sql immutable parallel safe
  return day >= date '2000-01-01' and day <= (imported_at at time zone 'UTC')::date + 1;
