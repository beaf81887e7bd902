-- Browsers that an account was opened in before, the place of a session, and an account's organisations for whoever counts requests.
-- Locks `sessions` for a moment, to add a column without a default.

-- A browser carries a token of its own, which opens nothing: with it a sign-in is no news, and guessing at the account from elsewhere
-- does not lock its owner out.
create table known_devices (
  account_id    uuid not null references accounts on delete cascade,
  -- We hold the SHA-256 of what the cookie carries.
  token_hash    bytea not null,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  primary key (account_id, token_hash)
);
alter table known_devices enable row level security;
create policy own on known_devices using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update (last_seen_at), delete on known_devices to legwork_app;

-- Whether an account was opened in a browser before; asked before anybody is signed in, by who holds the browser's token.
create function device_is_known(wanted_email text, wanted_hash bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select from known_devices d join accounts a on a.id = d.account_id where a.email = wanted_email and d.token_hash = wanted_hash);
  end;

-- Town and country of where a session was opened, as far as the operator's database of places tells. The address itself is not kept.
alter table sessions add column place text;
grant update (place) on sessions to legwork_app;

-- As `session_viewer` and `token_viewer`, which stay for servers of the version before, and with the account's organisations and the words that
-- it agreed to last.
-- In PL/pgSQL, which keeps the plan of a connection: planning anew costs more than the read.
create function viewer_by_session(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean,
    deletion_requested_at timestamptz, last_seen_at timestamptz, proven_at timestamptz, organisations uuid[], agreed text)
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  begin
    return query
      select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
        exists (select from authenticators f where f.account_id = a.id and f.confirmed_at is not null)
          or exists (select from passkeys p where p.account_id = a.id),
        a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.proven_at, s.created_at),
        array (select m.organisation_id from memberships m where m.account_id = a.id),
        (select max(c.version) from consents c where c.account_id = a.id and c.what = 'privacy notice' and c.withdrawn_at is null)
      from sessions s join accounts a on a.id = s.account_id
      where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
  $$;
create function viewer_by_token(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean,
    deletion_requested_at timestamptz, scopes text[], last_used_at timestamptz, organisations uuid[])
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  begin
    return query
      select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null, a.deletion_requested_at, t.scopes,
        coalesce(t.last_used_at, t.created_at), array (select m.organisation_id from memberships m where m.account_id = a.id)
      from api_tokens t join accounts a on a.id = t.account_id
      where t.token_hash = wanted_hash and t.kind in ('personal', 'access') and t.expires_at > at;
  end;
  $$;

do $$
declare
  f text;
begin
  foreach f in array array['device_is_known(text, bytea)', 'viewer_by_session(bytea, timestamptz, timestamptz)', 'viewer_by_token(bytea, timestamptz)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end $$;
