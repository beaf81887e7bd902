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
drop trigger mark_edited on activities;
create trigger mark_edited before update on activities for each row
  when ((old.sport, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
    is distinct from (new.sport, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s))
  execute function mark_edited();
alter table activities drop column pace_zones_s, drop column pace_zone_bounds, drop column intervals, drop column own_intervals;
