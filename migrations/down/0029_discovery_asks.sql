create or replace function request_outdated_discovery(current_engine text) returns void
  language sql security definer set search_path = public, pg_temp
  begin atomic
    select request_discovery(a.id) from accounts a
      where exists (select from activities where athlete_id = a.id)
        and not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;
