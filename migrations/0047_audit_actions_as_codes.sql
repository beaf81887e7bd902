-- Actions in the audit log are codes, `feature.what_happened`; pages have the words. What was one action with `after` true or false is two.
-- Locks: `audit_log` while its rows change: a second for a hundred thousand of them.
update audit_log set
  action = case action
    when 'password' then 'accounts.password_changed'
    when 'email' then 'accounts.email_changed'
    when 'address confirmed' then 'accounts.email_verified'
    when 'role' then 'accounts.role_changed'
    when 'token reused' then 'accounts.token_reused'
    when 'guessing' then 'accounts.guessing_stopped'
    when 'code reused' then 'accounts.code_reused'
    when 'recovery codes' then 'accounts.recovery_codes_created'
    when 'organisation' then 'organisations.created'
    when 'invited' then 'organisations.invited'
    when 'joined' then 'organisations.joined'
    when 'member role' then 'organisations.role_changed'
    when 'left' then 'organisations.left'
    when 'export' then 'privacy.exported'
    when 'deletion' then 'privacy.deletion_requested'
    when 'deletion cancelled' then 'privacy.deletion_cancelled'
    when 'token' then case when details -> 'after' = 'true' then 'accounts.token_created' else 'accounts.token_revoked' end
    when 'authenticator' then case when details -> 'after' = 'true' then 'accounts.totp_enabled' else 'accounts.totp_disabled' end
    when 'identity' then case when details -> 'after' = 'true' then 'accounts.identity_linked' else 'accounts.identity_unlinked' end
    when 'passkey' then case when details -> 'after' = 'true' then 'accounts.passkey_added' else 'accounts.passkey_removed' end
    else action end,
  details = case
    when action in ('token', 'authenticator', 'identity', 'passkey') then details - 'after'
    when details ->> 'where' = 'second factor' then details || '{"where": "second_factor"}'
    else details end;

create or replace function set_role(about uuid, wanted text)
  returns text
  language plpgsql
  security definer
  set search_path = public, pg_temp
  as $$
  declare
    before text;
  begin
    -- One at a time, so that two owners do not unmake each other.
    perform pg_advisory_xact_lock(hashtext('set_role'));
    select role into before from accounts where id = about;
    if before is null or not has_role('admin', 'owner') then
      return 'not_found';
    end if;
    if (before in ('admin', 'owner') or wanted in ('admin', 'owner')) and not has_role('owner') then
      return 'owners_only';
    end if;
    if before = 'owner' and wanted <> 'owner' and (select count(*) from accounts where role = 'owner') = 1 then
      return 'last_owner';
    end if;
    if before <> wanted then
      update accounts set role = wanted where id = about;
      -- Sessions and tokens begin again with the new rights.
      delete from sessions where account_id = about and about is distinct from viewer();
      delete from api_tokens where account_id = about;
      perform audit(about, 'accounts.role_changed', jsonb_build_object('before', before, 'after', wanted));
    end if;
    return 'done';
  end;
  $$;

create or replace function create_organisation(new_id uuid, new_name text, at timestamp with time zone)
  returns void
  language plpgsql
  security definer
  set search_path = public, pg_temp
  as $$
  begin
    if viewer() is null then
      raise exception 'nobody founds nothing';
    end if;
    insert into organisations (id, name, created_at) values (new_id, new_name, at);
    insert into memberships (organisation_id, account_id, role, joined_at) values (new_id, viewer(), 'business_owner', at);
    perform audit(viewer(), 'organisations.created', jsonb_build_object('organisation', new_id));
  end;
  $$;

create or replace function accept_invitation(wanted_hash bytea, at timestamp with time zone)
  returns uuid
  language plpgsql
  security definer
  set search_path = public, pg_temp
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
      perform audit(viewer(), 'organisations.joined', jsonb_build_object('organisation', taken.organisation_id, 'role', taken.role));
    end if;
    return taken.organisation_id;
  end;
  $$;
