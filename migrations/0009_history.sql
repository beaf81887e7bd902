-- A bin for what was deleted, and every edit with what was before, so that both can be taken back.
-- Locks: `activities`, `journal_entries` and `athlete_values` for the moment in which a trigger is added.

-- A deleted thing, whole: its rows as they were. After thirty days it is gone for good.
create table bin (
  id         uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  title      text not null,
  day        date not null,
  deleted_at timestamptz not null,
  -- Table to rows, in the order in which they go back.
  rows       jsonb not null
);
create index bin_recent on bin (athlete_id, deleted_at desc);
alter table bin enable row level security;
create policy own on bin using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, delete on bin to legwork_app;

-- Who changed what, when, and how it was. Written by triggers alone.
create table history (
  id         bigint generated always as identity primary key,
  athlete_id uuid not null references accounts on delete cascade,
  actor      uuid references accounts on delete set null,
  at         timestamptz not null default clock_timestamp(),
  -- The table, and the key of the row in it.
  subject    text not null,
  key        text not null,
  -- What somebody can edit of it; an absent row is null.
  before     jsonb,
  after      jsonb
);
create index history_recent on history (athlete_id, id desc);
create index history_actor on history (actor);
alter table history enable row level security;
create policy own on history for select using (athlete_id = viewer());
grant select on history to legwork_app;

-- Arguments: the column that is the key, then the columns that people edit; without any, all but the bookkeeping.
create function keep_history() returns trigger
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
      insert into history (athlete_id, actor, subject, key, before, after)
        values (whose, viewer(), tg_table_name, coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0], was, now_is);
    end if;
    return null;
  end;
  $$;
revoke all on function keep_history() from public;
create trigger history after update on activities for each row
  execute function keep_history('id', 'title', 'sport', 'sub_sport', 'description', 'gear', 'crop_from', 'crop_to');
create trigger history after insert or update or delete on journal_entries for each row execute function keep_history('day');
create trigger history after insert or update or delete on athlete_values for each row execute function keep_history('valid_from');

create function request_own_emptying(due timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'empty_bin', payload => json_build_object('athlete', viewer()), job_key => 'bin/' || viewer(),
        run_at => due, max_attempts => 25);
    end if;
  end;
  $$;
create or replace function forget_own_jobs(also_deletion boolean) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job('discover/' || viewer());
      perform graphile_worker.remove_job('export/' || viewer());
      if also_deletion then
        perform graphile_worker.remove_job('delete/' || viewer());
      else
        perform graphile_worker.remove_job('bin/' || viewer());
      end if;
    end if;
  end;
  $$;
revoke all on function request_own_emptying(timestamptz) from public;
grant execute on function request_own_emptying(timestamptz) to legwork_app;
