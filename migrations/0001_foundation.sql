-- The ground: the application's role, who is looking, and accounts.

-- Roles belong to the whole server, so two databases may make the same one at the same time.
do $$
begin
  if not exists (select from pg_roles where rolname = 'legwork_app') then
    create role legwork_app nologin nobypassrls;
  end if;
exception when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
  execute format('grant legwork_app to %I', current_user);
exception when others then
  -- A parallel migration of another database granted it a moment ago, or we are the superuser and need no grant.
  null;
end
$$;

grant usage on schema public to legwork_app;

-- Who is looking: set for one transaction by the application, null for everybody else. Policies compare with it, and null
-- equals nothing.
create function viewer() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('legwork.viewer', true), '')::uuid;

create function touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;

create table accounts (
  id            uuid primary key,
  email         text not null,
  name          text not null,
  password_hash text not null,
  time_zone     text not null,
  -- Every value of this account is made up; pages say so.
  synthetic     boolean not null default false,
  created_at    timestamptz not null,
  updated_at    timestamptz not null default clock_timestamp()
);
create unique index accounts_email on accounts (lower(email));
create trigger touch before update on accounts for each row execute function touch_updated_at();
alter table accounts enable row level security;
create policy own on accounts using (id = viewer()) with check (id = viewer());
grant select, insert, update, delete on accounts to legwork_app;

-- The browser holds the token, we hold its SHA-256: a stolen table opens no session.
create table sessions (
  token_hash bytea primary key,
  account_id uuid not null references accounts on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_account on sessions (account_id);
alter table sessions enable row level security;
create policy own on sessions using (account_id = viewer()) with check (account_id = viewer());
grant select, insert, delete on sessions to legwork_app;

-- Two narrow doors for a request that does not know yet who is looking. They answer one exact question each and run as the
-- owner of the tables; nothing else passes the policies above.
create function credentials_for(wanted_email text)
  returns table (account_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.password_hash from accounts a where lower(a.email) = lower(wanted_email);
  end;

create function viewer_of_session(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at;
  end;

revoke all on function credentials_for(text) from public;
revoke all on function viewer_of_session(bytea, timestamptz) from public;
grant execute on function credentials_for(text) to legwork_app;
grant execute on function viewer_of_session(bytea, timestamptz) to legwork_app;
