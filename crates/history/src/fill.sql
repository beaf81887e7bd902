-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into change_log (id, athlete_id, actor_id, at, table_name, row_key, before, after) overriding system value
  select n - 1000000, athlete, athlete, at, (array['activities', 'daily_values'])[1 + n % 2], id::text, '{}', case when n % 100 <> 1 then jsonb '{}' end from owned;
