-- What lost its job gets one for every athlete. These functions answered for the first hundred, since they were asked again and again.
-- Locks nothing: functions are created, replaced and dropped.
create function athletes_with_queued_files(archives boolean) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select distinct f.athlete_id from import_files f where f.outcome = 'queued' and coalesce(f.archive, false) = archives;
  end;
create or replace function athletes_with_recompute_tasks() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select r.athlete_id from recompute_tasks r where r.finished_at is null;
  end;
revoke all on function athletes_with_queued_files(boolean) from public;
grant execute on function athletes_with_queued_files(boolean) to legwork_app;
-- squawk-ignore ban-drop-function -- because nothing was released before this, so no older server calls it
drop function athletes_with_files_due(boolean, timestamptz);
