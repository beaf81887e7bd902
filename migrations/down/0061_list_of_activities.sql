drop trigger pack_inserted on activities;
drop trigger pack_updated on activities;
drop trigger pack_deleted on activities;
drop function pack_changed_months();
drop function pack_edited_months();
drop function pack_month(uuid, date);
drop function packed_month(uuid, date);
drop table activity_months;
drop function packed_text(text);
drop function packed_number(double precision, double precision);
drop function kind_of_activity(text, text, text);
drop function activity_kinds();
create or replace function visibility_of_activity(activity uuid) returns table (athlete uuid, name text, synthetic boolean, map boolean, heart_rate boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.athlete_id, s.name, s.synthetic, s.map, s.heart_rate from activities a cross join lateral visibility_of_athlete(a.athlete_id) s
    where a.id = activity and a.merged_into is null;
  end;
drop trigger record_change on activities;
create trigger record_change after update on activities for each row
  when ((old.sport, old.description, old.gear, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
      is distinct from (new.sport, new.description, new.gear, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s)
    or old.title is distinct from new.title
      and (old.title is distinct from old.made_title or new.title is distinct from new.made_title))
  execute function record_change('id', 'title', 'sport', 'description', 'gear', 'crop_from', 'crop_to', 'clock_shift_ms', 'clock_utc_offset_s');
alter table activities
  drop column tags,
  drop column kind,
  drop column sport_guessed,
  drop column hidden,
  drop column start_latitude_deg,
  drop column start_longitude_deg;
