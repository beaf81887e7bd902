-- One function to ask for any job about oneself, and one to take it back, in place of one for each job. The functions that they replace stay
-- for servers that still run the version before; the next migration may drop them.
-- Locks nothing that was there before.

-- Keys are as they were, so that what waits in the queue is still found.
create function own_job_key(task text) returns text
  language sql stable set search_path = public, pg_temp
  as $$ select case task when 'delete_account' then 'delete' when 'empty_bin' then 'bin' else task end || '/' || viewer() $$;

-- Jobs about oneself, asked for in the transaction that needs them; the queue is not the application's to write. One of each kind waits at
-- a time: asking again moves it.
create function request_own_job(task text, due timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if task not in ('export', 'expire_exports', 'empty_bin', 'delete_account') then
      raise exception 'no such job';
    end if;
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => task, payload => json_build_object('athlete', viewer()), job_key => own_job_key(task), run_at => due,
        max_attempts => 25);
    end if;
  end;
  $$;
-- Takes a request back. A job that runs at this moment removes itself when it is done.
create function forget_own_job(task text) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job(own_job_key(task));
    end if;
  end;
  $$;
do $$
declare
  f text;
begin
  foreach f in array array['own_job_key(text)', 'request_own_job(text, timestamptz)', 'forget_own_job(text)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end $$;
