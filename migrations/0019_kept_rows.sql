-- Rows outlive the schema that wrote them: in archives that athletes hold, in the bin, in the history. They say which schema wrote them, and
-- are brought up to the one of today on their way back.
-- Locks: `bin` for a moment, to add a column with a constant default, which rewrites nothing.

-- The newest schema that needed a step in `raised`. A migration that adds a column without null and without default to a table of the archive
-- or of the bin, renames one or changes what one means, replaces both functions.
create function kept_schema() returns int
  language sql immutable
  return 19;

-- A row of a table as this schema would have written it. One that is up already stays as it is: older servers write while newer ones start.
-- A step reads `case when kept = 'activities' and written < 20 then '{"shoes": ""}' || x else x end`.
create function raised(kept text, x jsonb, written int) returns jsonb
  language sql immutable
  return x;

-- What a column holds that a row says nothing of.
create function column_defaults(kept text) returns jsonb
  language plpgsql stable set search_path = public, pg_temp
  as $$
  declare
    listed text;
    found jsonb;
  begin
    select string_agg(format('%L, %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', ') into listed
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where d.adrelid = to_regclass('public.' || quote_ident(kept)) and a.attgenerated = '';
    execute format('select jsonb_build_object(%s)', listed) into found;
    return found;
  end;
  $$;

-- All that the bin keeps of one thing.
create function brought_up(rows jsonb, written int) returns jsonb
  language sql stable
  return (
    select jsonb_object_agg(t.key, case when t.key in ('activities', 'activity_streams', 'activity_efforts') then (
        select coalesce(jsonb_agg(column_defaults(t.key) || raised(t.key, e.x, written) order by e.n), '[]')
          from jsonb_array_elements(t.value) with ordinality e (x, n))
      else t.value end)
    from jsonb_each(rows) t);

revoke all on function kept_schema(), raised(text, jsonb, int), column_defaults(text), brought_up(jsonb, int) from public;
grant execute on function kept_schema(), raised(text, jsonb, int), column_defaults(text), brought_up(jsonb, int) to legwork_app;

-- What is in the bin already was written by the schemas of 9 to 15, which are the same in these tables.
alter table bin add column schema int not null default 15;
alter table bin alter column schema set default kept_schema();
