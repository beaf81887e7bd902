-- What an account needs to be trusted: a confirmed address, second factors, tokens for programs, roles, an audit log.
-- Locks `accounts` and `sessions` for as long as adding columns with constant defaults takes: milliseconds at any size.

alter table accounts
  -- What somebody may do for the whole site. Roles in an organisation stand with the membership.
  add column role text not null default 'athlete' check (role in ('athlete', 'employee', 'admin', 'owner')),
  add column email_verified_at timestamptz,
  -- Thirty days later the account and everything of it is removed.
  add column deletion_requested_at timestamptz;
-- The application changes what an athlete may change of their own; a role is changed by `set_role` alone.
revoke insert, update on accounts from legwork_app;
grant insert (id, email, name, password_hash, time_zone, synthetic, created_at) on accounts to legwork_app;
grant update (email, name, password_hash, time_zone, email_verified_at, deletion_requested_at) on accounts to legwork_app;
-- squawk-ignore require-concurrent-index-creation -- the index begins empty, so it is read once and done in milliseconds
create index accounts_deletion on accounts (deletion_requested_at) where deletion_requested_at is not null;

-- When the person behind this session last proved who they are: dangerous acts ask for that anew.
alter table sessions add column proven_at timestamptz;
update sessions set proven_at = created_at;
grant update (token_hash, proven_at) on sessions to legwork_app;

-- One-time tokens out of letters, and sign-ins that wait for the second factor. We hold the SHA-256 alone.
create table account_tokens (
  token_hash bytea primary key,
  account_id uuid not null references accounts on delete cascade,
  purpose    text not null check (purpose in ('verify', 'reset', 'change_email', 'second_factor')),
  -- The address that a letter with it went to.
  email      text not null default '',
  attempts   int not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index account_tokens_account on account_tokens (account_id, purpose);
alter table account_tokens enable row level security;
create policy own on account_tokens using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, delete on account_tokens to legwork_app;

-- Takes a token: whoever holds it may use it once.
create function take_account_token(wanted_hash bytea, wanted_purpose text, at timestamptz) returns table (account_id uuid, email text)
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    delete from account_tokens t where t.token_hash = wanted_hash and t.purpose = wanted_purpose and t.expires_at > at
      returning t.account_id, t.email;
  end;
-- Counts a try at the second factor; after five the sign-in begins anew.
create function try_account_token(wanted_hash bytea, at timestamptz) returns table (account_id uuid)
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    update account_tokens t set attempts = t.attempts + 1
      where t.token_hash = wanted_hash and t.purpose = 'second_factor' and t.expires_at > at and t.attempts < 5
      returning t.account_id;
  end;

-- The app on a phone that shows six digits. The secret is sealed with the key ring.
create table authenticators (
  account_id   uuid primary key references accounts on delete cascade,
  secret       bytea not null,
  confirmed_at timestamptz,
  -- The last step that was used: a code opens once.
  last_step    bigint not null default 0,
  created_at   timestamptz not null
);
alter table authenticators enable row level security;
create policy own on authenticators using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update, delete on authenticators to legwork_app;

create table passkeys (
  id            uuid primary key,
  account_id    uuid not null references accounts on delete cascade,
  credential_id bytea not null unique,
  name          text not null check (length(name) between 1 and 80),
  credential    jsonb not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz
);
create index passkeys_account on passkeys (account_id);
alter table passkeys enable row level security;
create policy own on passkeys using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update, delete on passkeys to legwork_app;

-- What a browser was asked to sign, until it answers, once. Nobody's data: the application cannot list them.
create table passkey_ceremonies (
  token_hash bytea primary key,
  state      jsonb not null,
  expires_at timestamptz not null
);
alter table passkey_ceremonies enable row level security;
create function begin_passkey_ceremony(new_hash bytea, new_state jsonb, at timestamptz, until timestamptz) returns void
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    delete from passkey_ceremonies where expires_at <= at;
    insert into passkey_ceremonies (token_hash, state, expires_at) values (new_hash, new_state, until);
  end;
create index passkey_ceremonies_expiry on passkey_ceremonies (expires_at);
create function take_passkey_ceremony(wanted_hash bytea, at timestamptz) returns table (state jsonb)
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    delete from passkey_ceremonies c where c.token_hash = wanted_hash and c.expires_at > at returning c.state;
  end;

-- For the day on which the phone is gone. Eighty random bits each, so a plain hash is enough.
create table recovery_codes (
  account_id uuid not null references accounts on delete cascade,
  code_hash  bytea not null,
  created_at timestamptz not null,
  used_at    timestamptz,
  primary key (account_id, code_hash)
);
alter table recovery_codes enable row level security;
create policy own on recovery_codes using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update, delete on recovery_codes to legwork_app;

-- Tokens of programs: personal ones with a name, and pairs of a short access token and a refresh token that is used once.
create table api_tokens (
  token_hash   bytea primary key,
  id           uuid not null unique,
  account_id   uuid not null references accounts on delete cascade,
  kind         text not null check (kind in ('personal', 'access', 'refresh')),
  name         text not null check (length(name) between 1 and 80),
  scopes       text[] not null,
  -- Every token that came from one sign-in: a refresh token that is used twice was stolen, and ends them all.
  family       uuid not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  used_at      timestamptz
);
create index api_tokens_account on api_tokens (account_id, created_at desc);
create index api_tokens_family on api_tokens (family);
alter table api_tokens enable row level security;
create policy own on api_tokens using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, update, delete on api_tokens to legwork_app;
create function use_refresh_token(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, family uuid, name text, scopes text[], reused boolean)
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    update api_tokens t set used_at = at
      from (select token_hash, used_at from api_tokens where token_hash = wanted_hash for update) before
      where t.token_hash = before.token_hash and t.kind = 'refresh' and t.expires_at > at
      returning t.account_id, t.family, t.name, t.scopes, before.used_at is not null;
  end;

-- Who somebody is elsewhere.
create table external_identities (
  issuer     text not null,
  subject    text not null,
  account_id uuid not null references accounts on delete cascade,
  email      text not null default '',
  created_at timestamptz not null,
  primary key (issuer, subject)
);
create index external_identities_account on external_identities (account_id);
alter table external_identities enable row level security;
create policy own on external_identities using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, delete on external_identities to legwork_app;
create function account_of_identity(wanted_issuer text, wanted_subject text) returns table (account_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select e.account_id from external_identities e where e.issuer = wanted_issuer and e.subject = wanted_subject;
  end;

-- One indexed read for everything that a request needs to know of who asks: by the session's cookie, or by a program's token.
create function session_viewer(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean,
    deletion_requested_at timestamptz, last_seen_at timestamptz, proven_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
      exists (select from authenticators f where f.account_id = a.id and f.confirmed_at is not null)
        or exists (select from passkeys p where p.account_id = a.id),
      a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.proven_at, s.created_at)
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
create function token_viewer(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean,
    deletion_requested_at timestamptz, scopes text[])
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null, a.deletion_requested_at, t.scopes
    from api_tokens t join accounts a on a.id = t.account_id
    where t.token_hash = wanted_hash and t.kind in ('personal', 'access') and t.expires_at > at;
  end;

-- Privileged and dangerous acts. The application writes a line and reads; it can neither change nor remove one. A line outlives the
-- accounts that it is about, without them.
create table audit_log (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default clock_timestamp(),
  actor   uuid references accounts on delete set null,
  subject uuid references accounts on delete set null,
  act     text not null,
  -- What was before and after; never a name, an address or a secret.
  detail  jsonb not null default '{}'
);
create index audit_log_actor on audit_log (actor);
create index audit_log_subject on audit_log (subject, id desc);
alter table audit_log enable row level security;
grant select on audit_log to legwork_app;
create function has_role(variadic wanted text[]) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select from accounts where id = viewer() and role = any (wanted));
  end;
-- Everybody reads what was done to them, admins read all.
create policy readable on audit_log for select using (subject = viewer() or (select has_role('admin', 'owner')));
create function audit(about uuid, what text, how jsonb) returns void
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    insert into audit_log (actor, subject, act, detail) select viewer(), about, what, how where viewer() is not null;
  end;

-- Admins see who is there; nobody else sees more than their own account.
create function people(wanted text, after_email text, most int)
  returns table (account_id uuid, email text, name text, role text, verified boolean, synthetic boolean, created_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.role, a.email_verified_at is not null, a.synthetic, a.created_at from accounts a
      where has_role('employee', 'admin', 'owner') and lower(a.email) > lower(after_email)
        and (wanted = '' or position(lower(wanted) in lower(a.email)) > 0 or position(lower(wanted) in lower(a.name)) > 0)
      order by lower(a.email) limit most;
  end;
-- Changes a role, and writes it down. Only an owner makes or unmakes admins and owners, and the last owner stays one.
create function set_role(about uuid, wanted text) returns text
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  declare
    before text;
  begin
    -- One at a time, so that two owners do not unmake each other.
    perform pg_advisory_xact_lock(hashtext('set_role'));
    select role into before from accounts where id = about;
    if before is null or not has_role('admin', 'owner') then
      return 'not found';
    end if;
    if (before in ('admin', 'owner') or wanted in ('admin', 'owner')) and not has_role('owner') then
      return 'owners only';
    end if;
    if before = 'owner' and wanted <> 'owner' and (select count(*) from accounts where role = 'owner') = 1 then
      return 'last owner';
    end if;
    if before <> wanted then
      update accounts set role = wanted where id = about;
      -- Whoever loses or gains rights begins anew, everywhere.
      delete from sessions where account_id = about and about is distinct from viewer();
      delete from api_tokens where account_id = about;
      perform audit(about, 'role', jsonb_build_object('before', before, 'after', wanted));
    end if;
    return 'done';
  end;
  $$;

do $$
declare
  f text;
begin
  foreach f in array array[
    'take_account_token(bytea, text, timestamptz)', 'try_account_token(bytea, timestamptz)',
    'begin_passkey_ceremony(bytea, jsonb, timestamptz, timestamptz)', 'take_passkey_ceremony(bytea, timestamptz)',
    'use_refresh_token(bytea, timestamptz)', 'account_of_identity(text, text)',
    'session_viewer(bytea, timestamptz, timestamptz)', 'token_viewer(bytea, timestamptz)',
    'has_role(text[])', 'audit(uuid, text, jsonb)', 'people(text, text, int)', 'set_role(uuid, text)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end
$$;
