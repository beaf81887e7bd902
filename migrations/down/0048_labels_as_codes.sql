-- Back to labels.
update activities set series = series || jsonb_build_object('lines', (
    select jsonb_agg(e.line - 'kind' || jsonb_build_object('name', case e.line ->> 'kind'
        when 'steps' then 'Cadence, steps a minute' when 'cadence' then 'Cadence, rpm' when 'power' then 'Power, W' else 'Temperature, °C' end) order by n)
      from jsonb_array_elements(series -> 'lines') with ordinality e (line, n)))
  where jsonb_array_length(series -> 'lines') > 0;
update consents set what = 'privacy notice' where what = 'privacy_notice';

create or replace function authenticate_session(wanted_hash bytea, at timestamp with time zone, unused_since timestamp with time zone)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean, deletion_requested_at timestamp with time zone, last_seen_at timestamp with time zone, reauthenticated_at timestamp with time zone, organisations uuid[], agreed text)
  language plpgsql
  stable security definer
  set search_path = public, pg_temp
  as $$
  #variable_conflict use_column
  begin
    return query
      select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
        exists (select from totp_credentials f where f.account_id = a.id and f.confirmed_at is not null)
          or exists (select from passkeys p where p.account_id = a.id),
        a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.reauthenticated_at, s.created_at),
        array (select m.organisation_id from memberships m where m.account_id = a.id),
        (select max(c.version) from consents c where c.account_id = a.id and c.what = 'privacy notice' and c.withdrawn_at is null)
      from sessions s join accounts a on a.id = s.account_id
      where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
  $$;

create or replace function row_with_codes(x jsonb) returns jsonb
  language plpgsql immutable parallel safe set search_path = public, pg_temp
  as $$
  declare
    key text;
    codes jsonb;
  begin
    if x ? 'message' then
      x := x - 'message' || jsonb_build_object('reasons', sentences_as_codes(x ->> 'message'));
    end if;
    foreach key in array '{warnings,caveats}'::text[] loop
      continue when jsonb_typeof(x -> key) is distinct from 'array';
      select coalesce(jsonb_agg(c.code order by e.n, c.n), '[]') into codes
        from jsonb_array_elements(x -> key) with ordinality e (said, n)
          cross join jsonb_array_elements(
            case jsonb_typeof(e.said) when 'string' then sentences_as_codes(e.said #>> '{}') else jsonb_build_array(e.said) end
          ) with ordinality c (code, n)
        where key = 'warnings' or c.code ->> 'code' is distinct from 'earlier';
      x := x || jsonb_build_object(key, codes);
    end loop;
    return x;
  end;
  $$;
create or replace function row_schema_version() returns int
  language sql immutable
  return 45;

create or replace function upgrade_row(kept text, x jsonb, written int) returns jsonb
  language sql immutable
  return case
    when written >= 45 or kept not in ('activities', 'athlete_thresholds', 'import_files') then x
    when written >= 39 then row_with_codes(x)
    when kept = 'activities' then row_with_codes(
      rename_keys(x, array['stale', 'metrics_stale', 'failed_version', 'failed_formula_version', 'thumb', 'route_preview', 'ascent_m', 'elevation_gain_m']))
    when kept = 'athlete_thresholds' then rename_keys(x, array['hr_rest', 'resting_hr'])
    else row_with_codes(rename_keys(x, array['about', 'metadata', 'upload', 'upload_key']))
  end;
drop function series_with_kinds(jsonb);
