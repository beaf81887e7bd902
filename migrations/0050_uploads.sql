-- Files that were sent or are being sent, and that no feature has taken yet: whose they are, and how much has come.
-- Locks nothing that exists; a function is replaced.
create table uploads (
  id         uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  feature    text not null,
  name       text not null,
  -- Of the whole file, and what of it has come.
  bytes      bigint not null check (bytes >= 0),
  received   bigint not null check (received between 0 and bytes),
  created_at timestamptz not null,
  updated_at timestamptz not null default clock_timestamp()
);
create trigger set_updated_at before update on uploads for each row execute function set_updated_at();
create index uploads_of_athlete on uploads (athlete_id, feature);
create index uploads_by_age on uploads (updated_at);
-- The names of their files begin with it.
create index uploads_by_key on uploads ((id::text));
alter table uploads enable row level security;
create policy own on uploads using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on uploads to legwork_app;

create or replace function uploads_in_use(keys text[]) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.upload_key from import_files f where f.upload_key = any (keys)
    union
    select k from unnest(keys) k where exists (select from uploads u where u.id::text = split_part(k, '.', 1));
  end;
