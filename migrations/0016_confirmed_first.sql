-- An address is confirmed before anything but a password opens its account, wrong tries are counted where they are made, and an account whose
-- address nobody confirms ends.
-- Locks `accounts`, `sessions` and `known_devices` for as long as adding columns with constant defaults takes, and writes to `accounts` while
-- it is read once for an index that few rows go into: a second for a million accounts.

alter table accounts
  -- When its owner was told that the account ends unless the address is confirmed; it ends some days after that, never sooner.
  add column expiry_told_at timestamptz;
grant update (expiry_told_at) on accounts to legwork_app;
-- Made-up accounts are made by whoever runs the server, and nobody reads their letters.
update accounts set email_verified_at = created_at where synthetic and email_verified_at is null;
-- The daily look for accounts that end (`unconfirmed_accounts`).
-- squawk-ignore require-concurrent-index-creation -- building beside others would wait for servers that wait for this migration's lock
create index accounts_unconfirmed on accounts (created_at) where email_verified_at is null and not synthetic;

-- Accounts that were made before a moment and are unconfirmed since, but for those that were told after another moment. One that somebody put
-- something into, or that belongs to an organisation, is not among them: it is somebody's, confirmed or not.
create function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from journal_entries x where x.athlete_id = a.id)
        and not exists (select from bin x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;
revoke all on function unconfirmed_accounts(timestamptz, timestamptz) from public;
grant execute on function unconfirmed_accounts(timestamptz, timestamptz) to legwork_app;

-- Whoever registers a stranger's address leaves nothing behind that opens the account when its owner comes: what opens one beside the password
-- is refused until the address is confirmed, whatever the application thinks at that moment.
create function confirmed_first() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    if not exists (select from accounts where id = new.account_id and email_verified_at is not null) then
      raise exception 'the address of the account is not confirmed' using errcode = 'LW002';
    end if;
    return new;
  end;
  $$;
revoke all on function confirmed_first() from public;
create trigger confirmed_first before insert on authenticators for each row execute function confirmed_first();
create trigger confirmed_first before insert on passkeys for each row execute function confirmed_first();
create trigger confirmed_first before insert on recovery_codes for each row execute function confirmed_first();
create trigger confirmed_first before insert on api_tokens for each row execute function confirmed_first();
create trigger confirmed_first before insert on external_identities for each row execute function confirmed_first();

-- Wrong tries at a password or a code by whoever holds a session, or comes from a browser that the account knows. A try is counted before it is
-- checked; the right one sets the count back.
alter table sessions add column wrong_tries int not null default 0;
grant update (wrong_tries) on sessions to legwork_app;
alter table known_devices add column wrong_tries int not null default 0;
grant update (wrong_tries) on known_devices to legwork_app;

-- Counts a try from a browser that the account knows, and says whether it was one of its few. Anybody may ask, with any token, so the index
-- `accounts_email` finds the account. In place of `device_is_known`, which stays for servers of the version before; the next release may drop it.
create function try_known_device(wanted_email text, wanted_hash bytea, most int) returns boolean
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    with tried as (
      update known_devices d set wrong_tries = d.wrong_tries + 1 from accounts a
        where a.id = d.account_id and lower(a.email) = lower(wanted_email) and d.token_hash = wanted_hash and d.wrong_tries < most
        returning 1)
    select exists (select from tried);
  end;
revoke all on function try_known_device(text, bytea, int) from public;
grant execute on function try_known_device(text, bytea, int) to legwork_app;
