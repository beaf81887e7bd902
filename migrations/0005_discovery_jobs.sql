-- Discovery as a background job: asked for by the transaction that changed the data, once for each athlete, with a history.

-- What was asked for and how it went. The queue itself is graphile_worker's, in a schema of its own.
create table discovery_jobs (
  id           uuid primary key default gen_random_uuid(),
  athlete_id   uuid not null references accounts on delete cascade,
  requested_at timestamptz not null default clock_timestamp(),
  started_at   timestamptz,
  finished_at  timestamptz,
  attempts     int not null default 0,
  error        text
);
-- One open question for each athlete: a second change joins the first.
create unique index discovery_jobs_open on discovery_jobs (athlete_id) where finished_at is null;
create index discovery_jobs_recent on discovery_jobs (athlete_id, requested_at desc);
alter table discovery_jobs enable row level security;
create policy own on discovery_jobs using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on discovery_jobs to legwork_app;

-- What was known at the end of each day, without the days behind it: for "what changed since last month".
create table discovery_history (
  athlete_id  uuid not null references accounts on delete cascade,
  day         date not null,
  computed_at timestamptz not null,
  fingerprint text not null,
  engine      text not null,
  findings    jsonb not null,
  -- Reads are always of one athlete over days: the key is the index.
  primary key (athlete_id, day)
);
alter table discovery_history enable row level security;
create policy own on discovery_history using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on discovery_history to legwork_app;

-- Runs as the owner, because the queue is not the application's to write. It waits a moment, so that an import of a hundred files
-- asks once. Without the queue's schema (a test that needs none) nothing is asked.
create function request_discovery(athlete uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    -- Rows vanish with their account, too; nobody is left to ask for then.
    if not exists (select from accounts where id = athlete) then
      return;
    end if;
    insert into discovery_jobs (athlete_id) values (athlete) on conflict (athlete_id) where finished_at is null do nothing;
    if to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'discover', payload => json_build_object('athlete', athlete), job_key => 'discover/' || athlete,
        run_at => now() + interval '1 second', max_attempts => 10);
    end if;
  end;
  $$;
revoke all on function request_discovery(uuid) from public;

-- The viewer may ask for their own.
create function request_own_discovery() returns void
  language sql security definer set search_path = public, pg_temp
  begin atomic
    select request_discovery(viewer()) where viewer() is not null;
  end;
revoke all on function request_own_discovery() from public;
grant execute on function request_own_discovery() to legwork_app;

-- After a new version of the engine everybody's answers are old.
create function request_outdated_discovery(current_engine text) returns void
  language sql security definer set search_path = public, pg_temp
  begin atomic
    select request_discovery(a.id) from accounts a
      where exists (select from activities where athlete_id = a.id)
        and not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;
revoke all on function request_outdated_discovery(text) from public;
grant execute on function request_outdated_discovery(text) to legwork_app;

-- Every way to change what discovery reads passes here.
create function ask_discovery_again() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    athlete uuid;
  begin
    for athlete in select distinct athlete_id from changed loop
      perform request_discovery(athlete);
    end loop;
    return null;
  end;
  $$;
revoke all on function ask_discovery_again() from public;
create trigger discover_inserted after insert on activities referencing new table as changed for each statement execute function ask_discovery_again();
create trigger discover_updated after update on activities referencing new table as changed for each statement execute function ask_discovery_again();
create trigger discover_deleted after delete on activities referencing old table as changed for each statement execute function ask_discovery_again();
create trigger discover_inserted after insert on journal_entries referencing new table as changed for each statement execute function ask_discovery_again();
create trigger discover_updated after update on journal_entries referencing new table as changed for each statement execute function ask_discovery_again();
create trigger discover_deleted after delete on journal_entries referencing old table as changed for each statement execute function ask_discovery_again();
