-- Rows for the planner to choose by: 20,000 accounts, of which 2,000 are in use; of these athletes one has 5,000 activities and the others fifteen
-- each; clubs, of which one is large; and as many rows of everything else as such a server has. Most work is done, as it is on a server that is not
-- behind. This file makes what the fills of the features (`fill.sql` of each crate) count by, and the rows of the platform itself.
--
-- Number 0 is the largest of its kind, and its id is the same in each table: the athlete with the most activities, its largest import, the club
-- with the most members. So one id stands for whatever a query asks for.

-- Neither triggers nor references: the rows fit together. Numbers of rows that count up are below zero, so that the test can add some.
set session_replication_role = replica;

create function pg_temp.id(n bigint) returns uuid language sql immutable
  return ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
-- Row `n` of an athlete's, by the number of each; `few` are one in seven of them.
create temp table owned as
  select n, pg_temp.id(n) as id, whose, pg_temp.id(whose) as athlete, timestamptz '2026-01-01' + n * interval '1 minute' as at
    from (select n, case when n < 5000 then 0 else 1 + n % 1999 end as whose from generate_series(0, 34984) n) numbered;
create temp table few as select * from owned where n % 7 = 0;

insert into uploads (id, athlete_id, feature, name, bytes, received, created_at) select id, athlete, 'imports', n || '.fit', 100000, 100000, at from few;
insert into events (id, athlete_id, actor_id, name, created_at, dispatched_at) overriding system value
  select n - 1000000, athlete, athlete, 'activities.changed', at, case when n % 1000 <> 1 then at end from owned;
insert into idempotency_keys (athlete_id, key, request, created_at) select athlete, id, 'x', at from few;
