-- Whatever changes what an activity is made of marks it, and what is still marked when the transaction ends is computed in the background:
-- an edit, an undo, a merge, a deletion, a restoration, other values, another time zone. No way back can forget to.
-- Locks: `activities`, `athlete_values` and `accounts` for the moment in which a trigger is added or a constraint dropped.

-- Its own layers. A column that is a layer belongs into this list; what is missing here is not computed again when it changes.
create function mark_edited() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    new.stale := true;
    new.failed_version := 0;
    return new;
  end;
  $$;
create trigger mark_edited before update on activities for each row
  when ((old.sport, old.crop_from, old.crop_to, old.clock_shift_ms, old.clock_utc_offset_s)
    is distinct from (new.sport, new.crop_from, new.crop_to, new.clock_shift_ms, new.clock_utc_offset_s))
  execute function mark_edited();

-- What was merged into it: parts that come, go, or move on into another.
create function mark_whole() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    update activities set stale = true, failed_version = 0 where id in (old.merged_into, new.merged_into);
    return null;
  end;
  $$;
create trigger mark_whole_inserted after insert on activities for each row when (new.merged_into is not null) execute function mark_whole();
create trigger mark_whole_deleted after delete on activities for each row when (old.merged_into is not null) execute function mark_whole();
create trigger mark_whole_updated after update on activities for each row
  when (old.merged_into is distinct from new.merged_into or new.merged_into is not null and old.clock_shift_ms is distinct from new.clock_shift_ms)
  execute function mark_whole();

-- The values of its day. A day before the first entry that has a value takes it from that entry, so such a value reaches back as well.
create function mark_scored() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  declare
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
    since date := least(old.valid_from, new.valid_from);
    other text[] := array(
      select key from jsonb_each(jsonb_strip_nulls(to_jsonb(old))) was full join jsonb_each(jsonb_strip_nulls(to_jsonb(new))) now_is using (key)
      where was.value is distinct from now_is.value and key not in ('created_at', 'updated_at'));
  begin
    -- Values vanish with their account, too; there is nothing left to mark then.
    if cardinality(other) = 0 or not exists (select from accounts where id = whose) then
      return null;
    end if;
    -- An import that is under way holds the account: what it brings is there when it is done, and marked with the rest.
    perform from accounts where id = whose for no key update;
    if exists (
      select from unnest(other) key
      where not exists (select from athlete_values v where v.athlete_id = whose and v.valid_from < since and jsonb_strip_nulls(to_jsonb(v)) ? key)
    ) then
      since := '-infinity';
    end if;
    update activities set stale = true, failed_version = 0 where athlete_id = whose and local_date >= since;
    return null;
  end;
  $$;
create trigger mark_scored after insert or update or delete on athlete_values for each row execute function mark_scored();

-- Where the athlete lives: recordings that name no time zone are dated in theirs.
create function mark_dated() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    update activities set stale = true, failed_version = 0 where athlete_id = new.id;
    return null;
  end;
  $$;
create trigger mark_dated after update of time_zone on accounts for each row
  when (old.time_zone is distinct from new.time_zone) execute function mark_dated();

-- At the end of the transaction: what it did not compute itself becomes a task. A task that was cancelled leaves its marks alone, and the
-- next mark starts another one.
create function ask_to_compute_anew() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    -- The task that is open already reaches everything, so the first of many marks asks for all.
    if exists (select from recomputes where athlete_id = new.athlete_id and finished_at is null)
      or not exists (select from activities where id = new.id and stale and failed_version = 0) then
      return null;
    end if;
    insert into recomputes (id, athlete_id, reason, total, created_at)
      select gen_random_uuid(), new.athlete_id, 'What they are made of changed.', count(*), clock_timestamp()
        from activities where athlete_id = new.athlete_id and stale and failed_version = 0
      on conflict (athlete_id) where finished_at is null do nothing;
    return null;
  end;
  $$;
create constraint trigger ask_inserted after insert on activities deferrable initially deferred for each row
  when (new.stale) execute function ask_to_compute_anew();
create constraint trigger ask_marked after update of stale on activities deferrable initially deferred for each row
  when (new.stale) execute function ask_to_compute_anew();
create constraint trigger ask_edited after update on activities deferrable initially deferred for each row
  when (new.stale and not old.stale) execute function ask_to_compute_anew();

do $$
declare
  f text;
begin
  foreach f in array array['mark_edited()', 'mark_whole()', 'mark_scored()', 'mark_dated()', 'ask_to_compute_anew()'] loop
    execute format('revoke all on function %s from public', f);
  end loop;
end $$;

-- What was cut off says so while the first part is in the bin, too: whichever comes back first, they find each other.
-- squawk-ignore ban-drop-constraint -- what refers to nothing is shown as cut off nothing
alter table activities drop constraint activities_split_from_fkey;

-- What was cut off came with the import that its first part came with, and is taken back with it.
with recursive brought (id, file) as (
  select a.id, a.import_file_id from activities a
    where a.import_file_id is not null and exists (select from activities s where s.split_from = a.id)
  union all
  select a.id, b.file from activities a join brought b on a.split_from = b.id where a.origin = 'split')
update activities a set import_file_id = b.file from brought b where a.id = b.id and a.import_file_id is null;
