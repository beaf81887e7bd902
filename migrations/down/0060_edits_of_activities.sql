drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.sub_sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
      is distinct from (new.sport, new.sub_sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'sub_sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s');
