-- Back to words.
update audit_log set
  action = case action
    when 'accounts.password_changed' then 'password'
    when 'accounts.email_changed' then 'email'
    when 'accounts.email_verified' then 'address confirmed'
    when 'accounts.role_changed' then 'role'
    when 'accounts.token_reused' then 'token reused'
    when 'accounts.guessing_stopped' then 'guessing'
    when 'accounts.code_reused' then 'code reused'
    when 'accounts.recovery_codes_created' then 'recovery codes'
    when 'organisations.created' then 'organisation'
    when 'organisations.invited' then 'invited'
    when 'organisations.joined' then 'joined'
    when 'organisations.role_changed' then 'member role'
    when 'organisations.left' then 'left'
    when 'privacy.exported' then 'export'
    when 'privacy.deletion_requested' then 'deletion'
    when 'privacy.deletion_cancelled' then 'deletion cancelled'
    when 'accounts.token_created' then 'token' when 'accounts.token_revoked' then 'token'
    when 'accounts.totp_enabled' then 'authenticator' when 'accounts.totp_disabled' then 'authenticator'
    when 'accounts.identity_linked' then 'identity' when 'accounts.identity_unlinked' then 'identity'
    when 'accounts.passkey_added' then 'passkey' when 'accounts.passkey_removed' then 'passkey'
    else action end,
  details = case
    when action in ('accounts.token_created', 'accounts.totp_enabled', 'accounts.identity_linked', 'accounts.passkey_added') then details || '{"after": true}'
    when action in ('accounts.token_revoked', 'accounts.totp_disabled', 'accounts.identity_unlinked', 'accounts.passkey_removed') then details || '{"after": false}'
    when details ->> 'where' = 'second_factor' then details || '{"where": "second factor"}'
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
    perform audit(viewer(), 'organisation', jsonb_build_object('organisation', new_id));
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
      perform audit(viewer(), 'joined', jsonb_build_object('organisation', taken.organisation_id, 'role', taken.role));
    end if;
    return taken.organisation_id;
  end;
  $$;
