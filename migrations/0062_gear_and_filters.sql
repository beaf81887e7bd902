-- Shoes and bicycles, filters that athletes keep, and what undoes an edit of several activities.
-- Locks: `activities` against writes while an index is made: a second for a hundred thousand.
-- squawk-ignore-file require-concurrent-index-creation -- because migrations run in a transaction, and this one takes a second

-- What an athlete says of shoes or a bicycle. Activities name them; names without a row here are gear of which nothing more is known.
create table gear (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  name text not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('shoes', 'bike', 'other')),
  -- What they had behind them before the first activity here.
  start_distance_m float8 not null default 0 check (start_distance_m between 0 and 1e9),
  -- When they retired: they are no longer offered, and their activities stay.
  retired_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  unique (athlete_id, name)
);
alter table gear enable row level security;
create policy own on gear using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on gear to legwork_app;
create trigger set_updated_at before update on gear for each row execute function set_updated_at();
create trigger record_change after update or delete on gear for each row execute function record_change('id');

-- For the names in use, one step for each, and for the activities of one.
create index activities_gear on activities (athlete_id, gear) where gear is not null;

create table saved_filters (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  name text not null check (length(name) between 1 and 60),
  -- As an address has them (`domain::activities::Filter::query`).
  query text not null check (length(query) <= 4000),
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  unique (athlete_id, name)
);
alter table saved_filters enable row level security;
create policy own on saved_filters using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on saved_filters to legwork_app;
create trigger set_updated_at before update on saved_filters for each row execute function set_updated_at();

-- Edits of several activities, kept for a day to be undone.
create table bulk_edits (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  action text not null check (action in ('kind', 'tag', 'untag', 'gear', 'hide', 'show', 'delete')),
  -- What the activities were before, or their rows in the trash.
  before jsonb not null check (jsonb_typeof(before) = 'array'),
  created_at timestamptz not null,
  undone_at timestamptz
);
-- For the deletion of an account.
create index bulk_edits_athlete on bulk_edits (athlete_id);
alter table bulk_edits enable row level security;
create policy own on bulk_edits using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update on bulk_edits to legwork_app;
