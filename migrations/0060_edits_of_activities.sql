-- What kind of sport a recording is within its sport comes from the file: no athlete edits it, so an import made an “edit” that could not be undone.
-- Locks: `activities` exclusively, for the moment in which the trigger is replaced; `change_log` row by row.
drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s');

update change_log set before = before - 'sub_sport', after = after - 'sub_sport'
  where table_name = 'activities' and (before ? 'sub_sport' or after ? 'sub_sport');
delete from change_log where table_name = 'activities' and before = after;
