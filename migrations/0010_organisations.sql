-- Organisations with members, roles and invitations.
-- Locks nothing that was there before.

create table organisations (
  id         uuid primary key,
  name       text not null check (length(name) between 1 and 80),
  created_at timestamptz not null,
  updated_at timestamptz not null default clock_timestamp()
);
create trigger touch before update on organisations for each row execute function touch_updated_at();

create table memberships (
  organisation_id uuid not null references organisations on delete cascade,
  account_id      uuid not null references accounts on delete cascade,
  role            text not null check (role in ('athlete', 'coach', 'business_owner')),
  joined_at       timestamptz not null,
  primary key (organisation_id, account_id)
);
-- The organisations of an account.
create index memberships_account on memberships (account_id);

create table invitations (
  id              uuid primary key,
  organisation_id uuid not null references organisations on delete cascade,
  email           text not null,
  role            text not null check (role in ('athlete', 'coach', 'business_owner')),
  -- We hold the SHA-256 of what the letter carries.
  token_hash      bytea not null unique,
  created_at      timestamptz not null,
  expires_at      timestamptz not null,
  unique (organisation_id, email)
);

-- What the viewer is in an organisation. Runs as the owner: a policy on memberships that asks memberships would ask itself.
create function own_role(organisation uuid) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select role from memberships where organisation_id = organisation and account_id = viewer();
  end;

alter table organisations enable row level security;
create policy members on organisations for select using (own_role(id) is not null);
create policy owners on organisations for update using (own_role(id) = 'business_owner') with check (own_role(id) = 'business_owner');
grant select, update (name) on organisations to legwork_app;

alter table memberships enable row level security;
create policy readable on memberships for select using (account_id = viewer() or own_role(organisation_id) in ('coach', 'business_owner'));
create policy owners on memberships for update using (own_role(organisation_id) = 'business_owner') with check (own_role(organisation_id) = 'business_owner');
create policy leaving on memberships for delete using (account_id = viewer() or own_role(organisation_id) = 'business_owner');
grant select, update (role), delete on memberships to legwork_app;

alter table invitations enable row level security;
create policy owners on invitations using (own_role(organisation_id) = 'business_owner') with check (own_role(organisation_id) = 'business_owner');
grant select, insert, delete on invitations to legwork_app;

-- Makes an organisation, with whoever makes it as its first owner.
create function found_organisation(new_id uuid, new_name text, at timestamptz) returns void
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is null then
      raise exception 'nobody founds nothing';
    end if;
    insert into organisations (id, name, created_at) values (new_id, new_name, at);
    insert into memberships (organisation_id, account_id, role, joined_at) values (new_id, viewer(), 'business_owner', at);
    perform audit(viewer(), 'organisation', jsonb_build_object('organisation', new_id));
  end;
  $$;

-- Takes an invitation: whoever holds it and is signed in joins, once.
create function take_invitation(wanted_hash bytea, at timestamptz) returns uuid
  language plpgsql volatile security definer set search_path = public, pg_temp
  as $$
  declare
    taken invitations;
  begin
    if viewer() is null then
      return null;
    end if;
    delete from invitations where token_hash = wanted_hash and expires_at > at returning * into taken;
    if taken.id is not null then
      insert into memberships (organisation_id, account_id, role, joined_at) values (taken.organisation_id, viewer(), taken.role, at)
        on conflict do nothing;
      perform audit(viewer(), 'joined', jsonb_build_object('organisation', taken.organisation_id, 'role', taken.role));
    end if;
    return taken.organisation_id;
  end;
  $$;

-- Who is in it, with names: for coaches and owners of it.
create function members_of(organisation uuid)
  returns table (account_id uuid, name text, email text, role text, joined_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.name, a.email, m.role, m.joined_at from memberships m join accounts a on a.id = m.account_id
      where m.organisation_id = organisation and own_role(organisation) in ('coach', 'business_owner') order by lower(a.name), a.id;
  end;

-- The last owner stays: an organisation without one could never be run again. One that nobody is in any more goes.
create function keep_an_owner() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if old.role = 'business_owner' and (tg_op = 'DELETE' or new.role <> 'business_owner') then
      perform from organisations where id = old.organisation_id for update;
      if exists (select from memberships where organisation_id = old.organisation_id)
        and not exists (select from memberships where organisation_id = old.organisation_id and role = 'business_owner')
        -- An account that is deleted takes its memberships along, whoever is left.
        and exists (select from accounts where id = old.account_id) then
        raise exception 'last owner' using errcode = 'LW001';
      end if;
    end if;
    if tg_op = 'DELETE' then
      delete from organisations o where o.id = old.organisation_id
        and not exists (select from memberships m where m.organisation_id = old.organisation_id);
    end if;
    return null;
  end;
  $$;
create trigger owners after update or delete on memberships for each row execute function keep_an_owner();

do $$
declare
  f text;
begin
  foreach f in array array['own_role(uuid)', 'found_organisation(uuid, text, timestamptz)', 'take_invitation(bytea, timestamptz)',
    'members_of(uuid)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
  execute 'revoke all on function keep_an_owner() from public';
end
$$;
