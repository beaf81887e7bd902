-- Functions that answer across accounts are about to run as a role that reads tables and not the queue (`crates/platform/src/database/roles.sql`
-- makes it, forces row-level security, and hands them over at the start): what one function did is two, one for the tables, one for the queue.
-- And which accounts are past the day of their deletion, so that a job that was lost keeps nobody here.
-- Locks nothing: functions are replaced while others call them. The start that follows forces row-level security: it locks every table for the
-- moment of a catalogue change, after what runs at that moment.

-- For functions alone. It speaks to the queue as the owner of the queue, and reads nothing of anybody.
create function queue_discovery(athlete uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'discover', payload => json_build_object('athlete', athlete), job_key => 'discover/' || athlete,
        run_at => now() + interval '1 second', max_attempts => 10);
    end if;
  end;
  $$;
revoke all on function queue_discovery(uuid) from public;

create or replace function request_discovery(athlete uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    -- Rows vanish with their account, too; nobody is left to ask for then.
    if not exists (select from accounts where id = athlete) then
      return;
    end if;
    insert into discovery_jobs (athlete_id) values (athlete) on conflict (athlete_id) where finished_at is null do nothing;
    perform queue_discovery(athlete);
  end;
  $$;

-- Accounts whose owners asked before a moment to be deleted, the longest waiting first; the index `accounts_deletion` serves it.
create function accounts_to_delete(asked_before timestamptz) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id from accounts a where a.deletion_requested_at <= asked_before order by a.deletion_requested_at limit 1000;
  end;
revoke all on function accounts_to_delete(timestamptz) from public;
grant execute on function accounts_to_delete(timestamptz) to legwork_app;
