-- As many rows as a server has, by what `server/src/query_plans/fill.sql` counts by.
insert into nutrition_favourites (id, athlete_id, name, text, carbohydrate_g, used_at, created_at)
  select id, athlete, 'Favourite ' || n, 'porridge', 60, at, at from few;
insert into nutrition_entries (id, athlete_id, at, day, minute, text, carbohydrate_g, favourite_id, activity_id, relation, created_at)
  select id, athlete, at, at::date, extract(hour from at)::int * 60, 'porridge', 60, case when n % 7 = 0 then id end, case when n % 9 = 0 then id end,
    case when n % 9 = 0 then 'before' end, at from owned;
insert into nutrition_settings (athlete_id, prompt_off, created_at) select id, false, timestamptz '2026-01-01' from accounts;
