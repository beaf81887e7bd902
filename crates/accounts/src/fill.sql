-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into accounts (id, email, name, password_hash, time_zone, created_at, role, email_verified_at, deletion_requested_at)
  select pg_temp.id(n), 'athlete' || n || '@example.org', 'Athlete ' || n, repeat('x', 90), 'UTC', '2026-01-01',
    case when n = 7 then 'owner' when n % 400 = 1 then 'employee' else 'athlete' end, case when n % 50 <> 1 then timestamptz '2026-01-01' end,
    case when n % 500 = 1 then now() end
  from generate_series(0, 19999) n;
insert into consents (account_id, what, version, given_at)
  select id, what, '1', created_at from accounts, unnest(array['terms', 'privacy_notice']) what;
insert into sessions (token_hash, account_id, created_at, expires_at, last_seen_at)
  select sha256(id::text::bytea), athlete, at, now() + interval '90 days', now() from few;
insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) select athlete, sha256(id::text::bytea), at, now() from few;
insert into one_time_tokens (token_hash, account_id, purpose, created_at, expires_at)
  select sha256(id::text::bytea), athlete, (array['verify', 'reset', 'second_factor'])[1 + n % 3], at, now() + interval '1 day' from few;
insert into totp_credentials (account_id, secret, confirmed_at, created_at) select id, 'x', now(), now() from accounts;
insert into passkeys (id, account_id, credential_id, name, credential, created_at) select id, athlete, sha256(id::text::bytea), 'Key', '{}', at from few;
insert into recovery_codes (account_id, code_hash, created_at) select athlete, sha256(id::text::bytea), at from few;
insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at)
  select sha256(id::text::bytea), id, athlete, (array['personal', 'access', 'refresh'])[1 + n % 3], 'Token', '{}', id, at, now() + interval '1 day' from few;
insert into external_identities (issuer, subject, account_id, created_at) select 'https://example.org', id, athlete, at from few;
insert into audit_log (id, at, actor_id, subject_id, action) overriding system value
  select n - 1000000, at, athlete, athlete, 'accounts.signed_in' from owned;
insert into webauthn_challenges (token_hash, state, expires_at) select sha256(id::text::bytea), '{}', now() + interval '1 minute' from few;
