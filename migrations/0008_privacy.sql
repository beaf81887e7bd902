-- The whole of an account out, in again, and gone.
-- Locks: `activities` for the moment of two catalogue changes; everything else is new.

-- An archive brings back activities and what they were merged into or cut from in any order.
alter table activities alter constraint activities_merged_into_fkey deferrable initially immediate;
alter table activities alter constraint activities_split_from_fkey deferrable initially immediate;

create table exports (
  id           uuid primary key,
  athlete_id   uuid not null references accounts on delete cascade,
  requested_at timestamptz not null,
  finished_at  timestamptz,
  cancelled_at timestamptz,
  -- The file is removed then.
  expires_at   timestamptz,
  -- Rows and files, for a bar that moves.
  done         int not null default 0,
  total        int not null default 0,
  bytes        bigint,
  error        text
);
-- One at a time.
create unique index exports_open on exports (athlete_id) where finished_at is null and cancelled_at is null;
create index exports_recent on exports (athlete_id, requested_at desc);
alter table exports enable row level security;
create policy own on exports using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on exports to legwork_app;

-- What somebody agreed to, in which words, and when.
create table consents (
  account_id   uuid not null references accounts on delete cascade,
  what         text not null,
  version      text not null,
  given_at     timestamptz not null,
  withdrawn_at timestamptz,
  primary key (account_id, what, version)
);
alter table consents enable row level security;
create policy own on consents using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update on consents to legwork_app;

-- Jobs are asked for in the transaction that needs them. The queue is not the application's to write.
create function request_own_export(export uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'export', payload => json_build_object('athlete', viewer(), 'export', export), job_key => 'export/' || viewer(),
        max_attempts => 5);
    end if;
  end;
  $$;
create function request_own_deletion(due timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'delete_account', payload => json_build_object('athlete', viewer()), job_key => 'delete/' || viewer(),
        run_at => due, max_attempts => 25);
    end if;
  end;
  $$;
-- Nothing of an account stays in the queue. A job that runs at this moment removes itself when it is done.
create function forget_own_jobs(also_deletion boolean) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job('discover/' || viewer());
      perform graphile_worker.remove_job('export/' || viewer());
      if also_deletion then
        perform graphile_worker.remove_job('delete/' || viewer());
      end if;
    end if;
  end;
  $$;
do $$
declare
  f text;
begin
  foreach f in array array['request_own_export(uuid)', 'request_own_deletion(timestamptz)', 'forget_own_jobs(boolean)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end
$$;
