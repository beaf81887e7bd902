create function viewer_of_session(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at;
  end;
create function viewer_of_session(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, last_seen_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, coalesce(s.last_seen_at, s.created_at)
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
create function session_viewer(wanted_hash bytea, at timestamptz, unused_since timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean,
    deletion_requested_at timestamptz, last_seen_at timestamptz, proven_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
      exists (select from authenticators f where f.account_id = a.id and f.confirmed_at is not null)
        or exists (select from passkeys p where p.account_id = a.id),
      a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.proven_at, s.created_at)
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
create function token_viewer(wanted_hash bytea, at timestamptz)
  returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean,
    deletion_requested_at timestamptz, scopes text[])
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null, a.deletion_requested_at, t.scopes
    from api_tokens t join accounts a on a.id = t.account_id
    where t.token_hash = wanted_hash and t.kind in ('personal', 'access') and t.expires_at > at;
  end;
create function request_own_export(export uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'export', payload => json_build_object('athlete', viewer(), 'export', export), job_key => 'export/' || viewer(),
        max_attempts => 5);
    end if;
  end;
  $$;
create function request_own_deletion(due timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'delete_account', payload => json_build_object('athlete', viewer()), job_key => 'delete/' || viewer(),
        run_at => due, max_attempts => 25);
    end if;
  end;
  $$;
create function request_own_emptying(due timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'empty_bin', payload => json_build_object('athlete', viewer()), job_key => 'bin/' || viewer(),
        run_at => due, max_attempts => 25);
    end if;
  end;
  $$;
create function forget_own_jobs(also_deletion boolean) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job('discover/' || viewer());
      perform graphile_worker.remove_job('export/' || viewer());
      if also_deletion then
        perform graphile_worker.remove_job('delete/' || viewer());
      else
        perform graphile_worker.remove_job('bin/' || viewer());
      end if;
    end if;
  end;
  $$;
do $$
declare
  f text;
begin
  foreach f in array array['viewer_of_session(bytea, timestamptz)',
    'viewer_of_session(bytea, timestamptz, timestamptz)',
    'session_viewer(bytea, timestamptz, timestamptz)',
    'token_viewer(bytea, timestamptz)',
    'request_own_export(uuid)',
    'request_own_deletion(timestamptz)',
    'request_own_emptying(timestamptz)',
    'forget_own_jobs(boolean)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end
$$;
