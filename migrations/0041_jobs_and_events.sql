-- Jobs of any kind are enqueued by one function, events are recorded in the transaction in which something happened, and what triggers asked of the
-- queue themselves is asked by subscribers of events (docs/decisions/0019-jobs-and-events.md).
-- Locks: `activities`, `journal_entries`, `accounts` and `recompute_tasks` for the moment in which a trigger is replaced.

-- Whom a transaction is about: the viewer, unless the viewer acts for somebody.
create function subject() returns uuid
  language sql stable set search_path = public, pg_temp
  as $$ select coalesce(nullif(current_setting('legwork.subject', true), '')::uuid, viewer()) $$;

-- The queue's key of a job about the subject. The first ones were named otherwise, and may wait for a month.
create or replace function own_job_key(task text) returns text
  language sql stable set search_path = public, pg_temp
  as $$ select case task when 'delete_account' then 'delete' when 'empty_trash' then 'bin' else task end || '/' || subject() $$;

-- Enqueues a job about the subject. While one waits with the same key, it is replaced; with `keep_due`, it stays due when it is.
create function enqueue_job(task text, payload jsonb, key text, due timestamptz, max_attempts integer, keep_due boolean) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if subject() is null then
      raise exception 'a job about nobody';
    end if;
    if to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => task, payload => (payload || jsonb_build_object('athlete', subject()))::json, job_key => own_job_key(task) || key,
        run_at => coalesce(due, now()), max_attempts => max_attempts,
        job_key_mode => case when keep_due then 'preserve_run_at' else 'replace' end);
    end if;
  end;
  $$;
-- Cancels a job about the subject. One that runs at this moment goes on, and is not attempted again.
create function cancel_job(task text, key text) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if subject() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job(own_job_key(task) || key);
    end if;
  end;
  $$;
-- Cancels every job about the subject that does not run at this moment.
create function cancel_jobs() returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if subject() is not null and to_regnamespace('graphile_worker') is not null then
      delete from graphile_worker._private_jobs where payload ->> 'athlete' = subject()::text and locked_at is null;
    end if;
  end;
  $$;

create table events (
  id bigint generated always as identity primary key,
  athlete_id uuid not null references accounts on delete cascade,
  actor_id uuid references accounts on delete set null,
  name text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  dispatched_at timestamptz,
  attempts integer not null default 0,
  error text
);
alter table events enable row level security;
create policy own on events using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on events to legwork_app;
-- For the dispatcher, which handles an athlete's events in their order, and for what is not worth recording twice.
create index events_pending on events (athlete_id, id) where dispatched_at is null;
-- For deleting old ones, and for the accounts that they name.
create index events_dispatched on events (athlete_id, dispatched_at);
create index events_actor on events (actor_id);

-- Holds an athlete's order of events until the transaction ends: ids are in the order of commits.
create function lock_events(athlete uuid) returns void
  language sql set search_path = public, pg_temp
  as $$ select pg_advisory_xact_lock(hashtext('events'), hashtext(athlete::text)) $$;

-- For functions alone: it speaks to the queue as its owner, and reads nothing of anybody.
create function add_dispatch_job(athlete uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'dispatch_events', payload => json_build_object('athlete', athlete), job_key => 'dispatch_events/' || athlete,
        max_attempts => 25);
    end if;
  end;
  $$;

-- For functions alone: records an event of any athlete.
create function emit_event_for(athlete uuid, what text, details jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    -- Rows vanish with their account, too; there is nobody left to tell then.
    if not exists (select from accounts where id = athlete) then
      return;
    end if;
    perform lock_events(athlete);
    if details = '{}' and exists (select from events where athlete_id = athlete and name = what and data = '{}' and dispatched_at is null) then
      return;
    end if;
    insert into events (athlete_id, actor_id, name, data) values (athlete, (select id from accounts where id = viewer()), what, details);
    perform add_dispatch_job(athlete);
  end;
  $$;
-- Records an event about the subject.
create function emit_event(what text, details jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if subject() is null then
      raise exception 'an event of nobody';
    end if;
    perform emit_event_for(subject(), what, details);
  end;
  $$;
create function athletes_with_events() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select distinct athlete_id from events where dispatched_at is null;
  end;

-- What happened to the rows of a table: the event's name is the trigger's argument, the rows are named `changed` and have `athlete_id`.
create function emit_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform emit_event_for(athlete_id, tg_argv[0], '{}') from (select distinct athlete_id from changed) whose;
    return null;
  end;
  $$;
drop trigger enqueue_discovery_inserted on activities;
drop trigger enqueue_discovery_updated on activities;
drop trigger enqueue_discovery_deleted on activities;
drop trigger enqueue_discovery_inserted on journal_entries;
drop trigger enqueue_discovery_updated on journal_entries;
drop trigger enqueue_discovery_deleted on journal_entries;
create trigger emit_inserted after insert on activities referencing new table as changed for each statement execute function emit_changed('activities.changed');
create trigger emit_updated after update on activities referencing new table as changed for each statement execute function emit_changed('activities.changed');
create trigger emit_deleted after delete on activities referencing old table as changed for each statement execute function emit_changed('activities.changed');
create trigger emit_inserted after insert on journal_entries referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_updated after update on journal_entries referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_deleted after delete on journal_entries referencing old table as changed for each statement execute function emit_changed('journal.changed');
-- What is to be recomputed.
create trigger emit_inserted after insert on recompute_tasks referencing new table as changed
  for each statement execute function emit_changed('activities.marked');

-- Where an athlete lives concerns the activities, which subscribe to it.
create function emit_time_zone_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform emit_event_for(new.id, 'accounts.time_zone_changed', '{}');
    return null;
  end;
  $$;
drop trigger mark_time_zone_changed on accounts;
create trigger emit_time_zone_changed after update of time_zone on accounts for each row
  when (old.time_zone is distinct from new.time_zone) execute function emit_time_zone_changed();

-- What waits in the queue is found by its new name.
do $$
begin
  if to_regclass('graphile_worker._private_tasks') is not null then
    execute 'update graphile_worker._private_tasks set identifier = ''empty_trash'' where identifier = ''empty_bin''
             and not exists (select from graphile_worker._private_tasks where identifier = ''empty_trash'')';
  end if;
end $$;

-- What triggers and one function for each kind of job did.
-- squawk-ignore-file ban-drop-function -- because nothing was released before this, so no older server calls them
drop function enqueue_discovery();
drop function mark_time_zone_changed();
drop function enqueue_own_discovery();
drop function enqueue_own_job(text, timestamptz);
drop function cancel_own_job(text);
drop function enqueue_outdated_discovery(text);
drop function enqueue_discovery_for(uuid);
drop function add_discovery_job(uuid);
drop function athletes_with_queued_files();

create function athletes_with_outdated_reports(current_engine text) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id from accounts a
      where (exists (select from activities where athlete_id = a.id) or exists (select from journal_entries where athlete_id = a.id))
        and not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;

do $$
declare
  f text;
begin
  foreach f in array array['own_job_key(text)', 'enqueue_job(text, jsonb, text, timestamptz, integer, boolean)', 'cancel_job(text, text)', 'cancel_jobs()',
      'emit_event(text, jsonb)', 'athletes_with_events()', 'athletes_with_outdated_reports(text)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
  foreach f in array array['add_dispatch_job(uuid)', 'emit_event_for(uuid, text, jsonb)', 'emit_changed()', 'emit_time_zone_changed()'] loop
    execute format('revoke all on function %s from public', f);
  end loop;
end $$;
