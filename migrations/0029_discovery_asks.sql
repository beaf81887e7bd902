-- Looking at findings asks for nothing any more: what asks is a change of the data, and a newer engine, which now asks for athletes with
-- a journal alone, too. `request_own_discovery` is superseded and goes a release later, with the servers that call it. Locks nothing.

create or replace function request_outdated_discovery(current_engine text) returns void
  language sql security definer set search_path = public, pg_temp
  begin atomic
    select request_discovery(a.id) from accounts a
      where (exists (select from activities where athlete_id = a.id) or exists (select from journal_entries where athlete_id = a.id))
        and not exists (select from discovery_reports r where r.athlete_id = a.id and split_part(r.fingerprint, ' ', 1) = current_engine);
  end;
