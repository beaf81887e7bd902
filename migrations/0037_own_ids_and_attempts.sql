-- What an archive brings back gets ids of the account that it comes into: an archive may hold anything, somebody else's ids among it, and a link to
-- an activity names no more than its id. The moment in an id stays, so that order by id stays. For `bring_back` in `crates/privacy/src/import.rs`.
-- Locks: `recomputes` for a moment, to add columns with constant defaults, which rewrites nothing.
create function own_id(account uuid, kept uuid) returns uuid
  language sql immutable strict parallel safe
  begin atomic
    select encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 112), 8, get_byte(h, 8) & 63 | 128), 'hex')::uuid
      from (select substr(uuid_send(kept), 1, 6) || substr(sha256(uuid_send(account) || uuid_send(kept)), 1, 10) as h) x;
  end;

-- A row of an archive with such ids, in the columns that hold one.
create function own_ids(account uuid, kept text, x jsonb) returns jsonb
  language sql stable
  begin atomic
    select x || coalesce(jsonb_object_agg(a.attname, own_id(account, (x ->> a.attname)::uuid)), '{}') || jsonb_build_object('athlete_id', account)
      from pg_attribute a
      where a.attrelid = to_regclass('public.' || quote_ident(kept)) and a.atttypid = 'uuid'::regtype and a.attnum > 0 and x ? a.attname::text;
  end;

revoke all on function own_id(uuid, uuid), own_ids(uuid, text, jsonb) from public;
grant execute on function own_id(uuid, uuid), own_ids(uuid, text, jsonb) to legwork_app;

-- Which activity a task began with, and how often: written down before it is computed, so that one that kills the process cannot do so for ever.
alter table recomputes
  add column activity_id uuid,
  add column attempts int not null default 0;
