drop function activities_of_imports(uuid[]);
create or replace function athletes_with_outdated_reports(current_engine text) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id from accounts a
      where (exists (select from activities where athlete_id = a.id) or exists (select from journal_entries where athlete_id = a.id))
        and not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;
