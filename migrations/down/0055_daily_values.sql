-- Back to a row for each day. What only the new model can hold is lost: own measures, values of devices and files where nothing was typed, text
-- other than the note, and measures that the old one did not know.
create table journal_entries (
  athlete_id uuid not null references accounts on delete cascade,
  day date not null,
  sleep_hours float8 check (sleep_hours between 0 and 24),
  sleep_quality float8 check (sleep_quality between 1 and 5),
  resting_hr float8 check (resting_hr between 25 and 150),
  hrv float8 check (hrv between 1 and 300),
  soreness float8 check (soreness between 1 and 5),
  mood float8 check (mood between 1 and 5),
  stress float8 check (stress between 1 and 5),
  work_hours float8 check (work_hours between 0 and 24),
  alcohol float8 check (alcohol between 0 and 40),
  caffeine float8 check (caffeine between 0 and 30),
  note text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (athlete_id, day)
);
insert into journal_entries (athlete_id, day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note, created_at, updated_at)
  select athlete_id, day,
      max(number) filter (where measure = 'sleep_hours'), max(number) filter (where measure = 'sleep_quality'),
      max(number) filter (where measure = 'resting_hr'), max(number) filter (where measure = 'hrv'),
      max(number) filter (where measure = 'soreness'), max(number) filter (where measure = 'mood'),
      max(number) filter (where measure = 'stress'), max(number) filter (where measure = 'work_hours'),
      max(number) filter (where measure = 'alcohol'), max(number) filter (where measure = 'caffeine'),
      coalesce(max(text) filter (where measure = 'note'), ''), min(created_at), max(updated_at)
    from daily_values
    where source = 'typed' and measure in
      ('sleep_hours', 'sleep_quality', 'resting_hr', 'hrv', 'soreness', 'mood', 'stress', 'work_hours', 'alcohol', 'caffeine', 'note')
    group by athlete_id, day;
insert into change_log (athlete_id, actor_id, at, table_name, row_key, before, after)
  select athlete_id, actor_id, at, 'journal_entries', split_part(row_key, ' ', 1),
      jsonb_build_object('day', split_part(row_key, ' ', 1), split_part(row_key, ' ', 2), coalesce(before -> 'number', before -> 'text')),
      jsonb_build_object('day', split_part(row_key, ' ', 1), split_part(row_key, ' ', 2), coalesce(after -> 'number', after -> 'text'))
    from change_log where table_name = 'daily_values' order by id;
delete from change_log where table_name in ('daily_values', 'measures');
alter table journal_entries enable row level security;
create policy own on journal_entries using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on journal_entries to legwork_app;
create trigger set_updated_at before update on journal_entries for each row execute function set_updated_at();
create trigger emit_inserted after insert on journal_entries referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_updated after update on journal_entries referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_deleted after delete on journal_entries referencing old table as changed for each statement execute function emit_changed('journal.changed');

create or replace function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from journal_entries x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

drop function project_series(uuid, text, int);
drop function source_order_of(uuid);
drop table daily_series;
drop table daily_values;
drop table journal_settings;
drop table measures;
drop function upgraded_rows(text, jsonb, int);
drop function project_changed_values();
drop function project_all_values();
drop function default_source_order();

create or replace function record_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    edited text[] := tg_argv[1:];
    was jsonb;
    now_is jsonb;
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
  begin
    if tg_op <> 'INSERT' then
      was := to_jsonb(old) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if tg_op <> 'DELETE' then
      now_is := to_jsonb(new) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if cardinality(edited) > 0 then
      was := (select jsonb_object_agg(key, value) from jsonb_each(was) where key = any (edited));
      now_is := (select jsonb_object_agg(key, value) from jsonb_each(now_is) where key = any (edited));
    end if;
    -- Rows vanish with their account, too; there is nobody left to tell then. What a program computes is no edit.
    if was is distinct from now_is and viewer() is not null and exists (select from accounts where id = whose) then
      insert into change_log (athlete_id, actor_id, table_name, row_key, before, after)
        values (whose, viewer(), tg_table_name, coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0], was, now_is);
    end if;
    return null;
  end;
  $$;
create trigger record_change after insert or update or delete on journal_entries for each row execute function record_change('day');
create or replace function row_schema_version() returns int
  language sql immutable
  return 48;
