-- How many activities of their own each import brought. The caller's policies hold.
-- Locks nothing: functions are created and replaced.
create function activities_of_imports(imports uuid[]) returns table (import_id uuid, activities bigint)
  language sql stable set search_path = public, pg_temp
  begin atomic
    select f.import_id, sum(own.n)::bigint from import_files f
      cross join lateral (select count(*) as n from activities a where a.import_file_id = f.id and a.merged_into is null) own
      where f.import_id = any (imports) group by f.import_id;
  end;
revoke all on function activities_of_imports(uuid[]) from public;
grant execute on function activities_of_imports(uuid[]) to legwork_app;

-- Whether an athlete has data is for the features to say, which the caller asks one by one.
create or replace function athletes_with_outdated_reports(current_engine text) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id from accounts a
      where not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;
