-- How an athlete mapped the columns of tables, so that the next one of the same kind is recognised.
-- Locks nothing: a table is created.
create table table_presets (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  -- The names of the columns that mean something, and what each means: `date`, or the key of a measure.
  headers text[] not null check (cardinality(headers) between 1 and 500),
  meanings text[] not null check (cardinality(meanings) = cardinality(headers)),
  used_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  unique (athlete_id, headers)
);
-- For the latest ones.
create index table_presets_recent on table_presets (athlete_id, used_at desc);
alter table table_presets enable row level security;
create policy own on table_presets using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on table_presets to legwork_app;
create trigger set_updated_at before update on table_presets for each row execute function set_updated_at();
