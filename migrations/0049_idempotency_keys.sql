-- Requests to the API that a client named, with the answers they got: sent again, they get the same and change nothing.
-- Locks nothing that exists.
create table idempotency_keys (
  athlete_id uuid not null references accounts on delete cascade,
  key        text not null check (length(key) between 1 and 255),
  -- SHA-256 of method, address and body: a key is of one request.
  request    bytea not null,
  -- The answer. Both are stored in the transaction of what the request did, so whoever sees the row sees an answer.
  status     smallint,
  location   text,
  body       text,
  created_at timestamptz not null,
  primary key (athlete_id, key)
);
alter table idempotency_keys enable row level security;
create policy own on idempotency_keys using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update on idempotency_keys to legwork_app;
create index idempotency_keys_by_age on idempotency_keys (created_at);
