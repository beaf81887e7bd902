-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into organisations (id, name, created_at) select pg_temp.id(n), 'Club ' || n, now() from generate_series(0, 1999) n;
insert into memberships (organisation_id, account_id, role, joined_at)
  select pg_temp.id(0), pg_temp.id(n), case n when 0 then 'business_owner' else 'athlete' end, now() from generate_series(0, 49) n
  union all select pg_temp.id(n), pg_temp.id(n), 'business_owner', now() from generate_series(1, 1999) n
  union all select pg_temp.id(n), pg_temp.id(n - 1), 'coach', now() from generate_series(2, 1999) n;
insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at)
  select pg_temp.id(n), pg_temp.id(n), 'guest' || n || '@example.org', 'athlete', sha256(n::text::bytea), now(), now() + interval '1 day'
  from generate_series(0, 1999) n;
