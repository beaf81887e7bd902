drop function is_possible_day(date, timestamptz);
drop trigger history on activities;
create trigger history after update on activities for each row
  execute function keep_history('id', 'title', 'sport', 'sub_sport', 'description', 'gear', 'crop_from', 'crop_to');
alter table activities drop column clock_utc_offset_s, drop column clock_shift_ms, drop column made_title;
