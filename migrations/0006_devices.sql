-- Sessions by device: what somebody sees of them, when they were last used, and an end for those that nobody uses.
-- Locks `sessions` while every row gets an id: about a second for a million sessions.

alter table sessions
  -- squawk-ignore adding-field-with-default, disallowed-unique-constraint -- sessions are few, and each needs an id of its own at once
  add column id uuid not null default gen_random_uuid() unique,
  add column agent text not null default '' check (length(agent) <= 400),
  add column last_seen_at timestamptz;
update sessions set last_seen_at = created_at;
grant update (agent, last_seen_at) on sessions to legwork_app;

-- One indexed read, as before. The version before this one asks with two arguments and keeps working.
create function viewer_of_session(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, last_seen_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, coalesce(s.last_seen_at, s.created_at)
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
revoke all on function viewer_of_session(bytea, timestamptz, timestamptz) from public;
grant execute on function viewer_of_session(bytea, timestamptz, timestamptz) to legwork_app;
