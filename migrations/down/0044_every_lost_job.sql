-- Back to functions that answer for a hundred athletes.
create function athletes_with_files_due(archives boolean, moment timestamptz) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.athlete_id from import_files f
      where f.outcome = 'queued' and coalesce(f.archive, false) = archives and coalesce(f.held_until <= moment, true)
      group by f.athlete_id order by min(f.created_at) limit 100;
  end;
create or replace function athletes_with_recompute_tasks() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select r.athlete_id from recompute_tasks r where r.finished_at is null order by r.created_at limit 100;
  end;
revoke all on function athletes_with_files_due(boolean, timestamptz) from public;
grant execute on function athletes_with_files_due(boolean, timestamptz) to legwork_app;
drop function athletes_with_queued_files(boolean);
