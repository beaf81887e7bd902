-- In which units an account reads and types. Storage stays in SI units.
-- Locks: `accounts` for the moment in which a column with a constant default is added.
alter table accounts add column units text not null default '' check (length(units) <= 200);
grant insert (units), update (units) on accounts to legwork_app;

-- Whoever signs in brings them along. The columns before are as they were, so that the previous version reads them while this one starts.
-- squawk-ignore ban-drop-function -- because it is made again at once, with a column more, in the same transaction
drop function authenticate_session(bytea, timestamptz, timestamptz);
create function authenticate_session(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean,
    deletion_requested_at timestamptz, last_seen_at timestamptz, reauthenticated_at timestamptz, organisations uuid[], agreed text, units text)
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  begin
    return query
      select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
        exists (select from totp_credentials f where f.account_id = a.id and f.confirmed_at is not null)
          or exists (select from passkeys p where p.account_id = a.id),
        a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.reauthenticated_at, s.created_at),
        array (select m.organisation_id from memberships m where m.account_id = a.id),
        (select max(c.version) from consents c where c.account_id = a.id and c.what = 'privacy_notice' and c.withdrawn_at is null),
        a.units
      from sessions s join accounts a on a.id = s.account_id
      where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
  $$;
revoke all on function authenticate_session(bytea, timestamptz, timestamptz) from public;
grant execute on function authenticate_session(bytea, timestamptz, timestamptz) to legwork_app;
