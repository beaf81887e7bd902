-- Back to sentences.
create function pg_temp.sentence(said jsonb) returns text
  language plpgsql
  as $$
  declare
    words text;
    slot text[];
  begin
    if said ->> 'code' = 'earlier' then
      return said ->> 'text';
    end if;
    select template into words from reader_sentences()
      where code = said ->> 'code' and said @> arguments order by arguments = '{}', template not like '{%' limit 1;
    for slot in select regexp_matches(words, '\{([a-z_]+):([a-z]+)\}', 'g') loop
      words := replace(words, format('{%s:%s}', slot[1], slot[2]), case slot[2]
        when 'int' then round((said ->> slot[1])::numeric)::text
        when 'mb' then trunc((said ->> slot[1])::numeric / 1000000)::text
        when 'km' then round((said ->> slot[1])::numeric / 1000, 2)::text
        when 'any' then 'damaged'
        else said ->> slot[1] end);
    end loop;
    return words;
  end;
  $$;
create function pg_temp.sentences(codes jsonb[]) returns text[]
  language sql
  return array(select pg_temp.sentence(c.said) from unnest(codes) with ordinality c (said, n) order by n);

create function pg_temp.text(codes jsonb) returns text
  language sql
  return array_to_string(pg_temp.sentences(array(select jsonb_array_elements(codes))), ' ');

alter table import_files alter column reasons drop default;
alter table import_files
  alter column reasons type text using pg_temp.text(reasons),
  alter column reasons set default '';
alter table import_files rename column reasons to message;
alter table activities alter column caveats drop default;
alter table activities
  alter column warnings type text[] using pg_temp.sentences(warnings),
  alter column caveats type text[] using pg_temp.sentences(caveats),
  alter column caveats set default '{}';

create or replace function row_schema_version() returns int
  language sql immutable
  return 39;
create or replace function upgrade_row(kept text, x jsonb, written int) returns jsonb
  language sql immutable
  return case
    when written >= 39 then x
    when kept = 'activities' then
      rename_keys(x, array['stale', 'metrics_stale', 'failed_version', 'failed_formula_version', 'thumb', 'route_preview', 'ascent_m', 'elevation_gain_m'])
    when kept = 'athlete_thresholds' then rename_keys(x, array['hr_rest', 'resting_hr'])
    when kept = 'import_files' then rename_keys(x, array['about', 'metadata', 'upload', 'upload_key'])
    else x
  end;
drop function pg_temp.text(jsonb), pg_temp.sentences(jsonb[]), pg_temp.sentence(jsonb);
drop function row_with_codes(jsonb), sentences_as_codes(text), reader_sentences();
