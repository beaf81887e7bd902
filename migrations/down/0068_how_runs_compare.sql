drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s, old.tags, old.kind, old.hidden)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s, new.tags, new.kind, new.hidden)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s',
    'tags', 'kind', 'hidden');
alter table activities drop column effort, drop column legs, drop column mood, drop column felt, drop column climbs, drop column climbs_against_flat_s_per_km,
  drop column second_half_pct, drop column route_id, drop column route_line, drop column route_length_m, drop column route_latitude_e5,
  drop column route_longitude_e5;
