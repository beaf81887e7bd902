-- Tables, columns, functions, triggers, indexes and constraints get the terms of the field (docs/decisions/0017-names.md).
-- Locks: every table that is named here, exclusively and for a moment: renaming rewrites nothing. The rows of `change_log` about thresholds are
-- written again, of which an athlete has a handful.
-- squawk-ignore-file renaming-table, renaming-column -- because nothing was released before this, so no older server has to keep working
-- squawk-ignore-file ban-drop-function -- because its result has another name for one column, and it is made again at once
alter table bin rename to trashed_activities;
alter index bin_recent rename to trashed_activities_recent;
alter table trashed_activities rename constraint bin_athlete_id_fkey to trashed_activities_athlete_id_fkey;
alter table trashed_activities rename constraint bin_pkey to trashed_activities_pkey;
alter table history rename to change_log;
alter index history_actor rename to change_log_actor_id;
alter index history_recent rename to change_log_recent;
alter table change_log rename constraint history_actor_fkey to change_log_actor_id_fkey;
alter table change_log rename constraint history_athlete_id_fkey to change_log_athlete_id_fkey;
alter table change_log rename constraint history_pkey to change_log_pkey;
alter table sharing rename to visibility_settings;
alter table visibility_settings rename constraint sharing_athlete_id_fkey to visibility_settings_athlete_id_fkey;
alter table visibility_settings rename constraint sharing_heart_rate_check to visibility_settings_heart_rate_check;
alter table visibility_settings rename constraint sharing_map_check to visibility_settings_map_check;
alter table visibility_settings rename constraint sharing_pkey to visibility_settings_pkey;
alter table visibility_settings rename constraint sharing_training_check to visibility_settings_training_check;
alter table home_zones rename to privacy_zones;
alter index home_zones_athlete rename to privacy_zones_athlete;
alter table privacy_zones rename constraint home_zones_athlete_id_fkey to privacy_zones_athlete_id_fkey;
alter table privacy_zones rename constraint home_zones_latitude_deg_check to privacy_zones_latitude_deg_check;
alter table privacy_zones rename constraint home_zones_longitude_deg_check to privacy_zones_longitude_deg_check;
alter table privacy_zones rename constraint home_zones_name_check to privacy_zones_name_check;
alter table privacy_zones rename constraint home_zones_pkey to privacy_zones_pkey;
alter table privacy_zones rename constraint home_zones_radius_m_check to privacy_zones_radius_m_check;
alter table athlete_values rename to athlete_thresholds;
alter table athlete_thresholds rename constraint athlete_values_athlete_id_fkey to athlete_thresholds_athlete_id_fkey;
alter table athlete_thresholds rename constraint athlete_values_grade_model_check to athlete_thresholds_grade_model_check;
alter table athlete_thresholds rename constraint athlete_values_hr_max_check to athlete_thresholds_hr_max_check;
alter table athlete_thresholds rename constraint athlete_values_hr_rest_check to athlete_thresholds_resting_hr_check;
alter table athlete_thresholds rename constraint athlete_values_pkey to athlete_thresholds_pkey;
alter table athlete_thresholds rename constraint athlete_values_sex_check to athlete_thresholds_sex_check;
alter table athlete_thresholds rename constraint athlete_values_threshold_hr_check to athlete_thresholds_threshold_hr_check;
alter table athlete_thresholds rename constraint athlete_values_threshold_s_per_km_check to athlete_thresholds_threshold_s_per_km_check;
alter table athlete_thresholds rename constraint athlete_values_weight_kg_check to athlete_thresholds_weight_kg_check;
alter table athlete_thresholds rename constraint athlete_values_zone_model_check to athlete_thresholds_zone_model_check;
alter table recomputes rename to recompute_tasks;
alter index recomputes_open rename to recompute_tasks_open;
alter index recomputes_recent rename to recompute_tasks_recent;
alter table recompute_tasks rename constraint recomputes_athlete_id_fkey to recompute_tasks_athlete_id_fkey;
alter table recompute_tasks rename constraint recomputes_pkey to recompute_tasks_pkey;
alter table authenticators rename to totp_credentials;
alter table totp_credentials rename constraint authenticators_account_id_fkey to totp_credentials_account_id_fkey;
alter table totp_credentials rename constraint authenticators_pkey to totp_credentials_pkey;
alter table account_tokens rename to one_time_tokens;
alter index account_tokens_account rename to one_time_tokens_account;
alter table one_time_tokens rename constraint account_tokens_account_id_fkey to one_time_tokens_account_id_fkey;
alter table one_time_tokens rename constraint account_tokens_pkey to one_time_tokens_pkey;
alter table one_time_tokens rename constraint account_tokens_purpose_check to one_time_tokens_purpose_check;
alter table passkey_ceremonies rename to webauthn_challenges;
alter index passkey_ceremonies_expiry rename to webauthn_challenges_expiry;
alter table webauthn_challenges rename constraint passkey_ceremonies_pkey to webauthn_challenges_pkey;
alter table exports rename to data_exports;
alter index exports_open rename to data_exports_open;
alter index exports_recent rename to data_exports_recent;
alter table data_exports rename constraint exports_athlete_id_fkey to data_exports_athlete_id_fkey;
alter table data_exports rename constraint exports_pkey to data_exports_pkey;
alter table discovery_history rename to finding_snapshots;
alter table finding_snapshots rename constraint discovery_history_athlete_id_fkey to finding_snapshots_athlete_id_fkey;
alter table finding_snapshots rename constraint discovery_history_pkey to finding_snapshots_pkey;
alter index audit_log_actor rename to audit_log_actor_id;
alter index audit_log_subject rename to audit_log_subject_id;
alter table audit_log rename constraint audit_log_actor_fkey to audit_log_actor_id_fkey;
alter table audit_log rename constraint audit_log_subject_fkey to audit_log_subject_id_fkey;
alter table sessions rename constraint sessions_agent_check to sessions_user_agent_check;
alter index import_files_upload rename to import_files_upload_key;
alter index activities_stale rename to activities_metrics_stale;
alter table change_log rename column subject to table_name;
alter table change_log rename column key to row_key;
alter table change_log rename column actor to actor_id;
alter table totp_credentials rename column last_step to last_used_step;
alter table audit_log rename column actor to actor_id;
alter table audit_log rename column subject to subject_id;
alter table audit_log rename column act to action;
alter table audit_log rename column detail to details;
alter table sessions rename column agent to user_agent;
alter table sessions rename column place to location;
alter table sessions rename column proven_at to reauthenticated_at;
alter table import_files rename column about to metadata;
alter table import_files rename column upload to upload_key;
alter table activities rename column stale to metrics_stale;
alter table activities rename column failed_version to failed_formula_version;
alter table activities rename column thumb to route_preview;
alter table activities rename column ascent_m to elevation_gain_m;
alter table athlete_thresholds rename column hr_rest to resting_hr;
alter function touch_updated_at() rename to set_updated_at;
alter function people(wanted text, after_email text, most integer) rename to search_accounts;
alter function found_organisation(new_id uuid, new_name text, at timestamp with time zone) rename to create_organisation;
alter function take_invitation(wanted_hash bytea, at timestamp with time zone) rename to accept_invitation;
alter function keep_an_owner() rename to enforce_last_owner;
alter function own_role(organisation uuid) rename to viewer_role_in;
alter function coaches(athlete uuid) rename to is_coach_of;
alter function shown_by(athlete uuid) rename to visibility_of_athlete;
alter function activity_shown_by(activity uuid) rename to visibility_of_activity;
alter function try_account_token(wanted_hash bytea, at timestamp with time zone) rename to count_mfa_attempt;
alter function take_account_token(wanted_hash bytea, wanted_purpose text, at timestamp with time zone) rename to consume_one_time_token;
alter function begin_passkey_ceremony(new_hash bytea, new_state jsonb, at timestamp with time zone, until timestamp with time zone) rename to store_webauthn_challenge;
alter function take_passkey_ceremony(wanted_hash bytea, at timestamp with time zone) rename to take_webauthn_challenge;
alter function request_own_job(task text, due timestamp with time zone) rename to enqueue_own_job;
alter function forget_own_job(task text) rename to cancel_own_job;
alter function request_own_discovery() rename to enqueue_own_discovery;
alter function request_discovery(athlete uuid) rename to enqueue_discovery_for;
alter function queue_discovery(athlete uuid) rename to add_discovery_job;
alter function ask_discovery_again() rename to enqueue_discovery;
alter function request_outdated_discovery(current_engine text) rename to enqueue_outdated_discovery;
alter function ask_to_compute_anew() rename to open_recompute_task;
alter function keep_history() rename to record_change;
alter function viewer_by_token(wanted_hash bytea, at timestamp with time zone) rename to authenticate_token;
alter function device_is_known(wanted_email text, wanted_hash bytea) rename to is_known_device;
alter function try_known_device(wanted_email text, wanted_hash bytea, most integer) rename to count_known_device_attempt;
alter function athletes_with_recomputes() rename to athletes_with_recompute_tasks;
alter function confirmed_first() rename to require_verified_email;
alter function hide_older_zone() rename to jitter_privacy_zone;
alter function mark_dated() rename to mark_time_zone_changed;
alter function mark_scored() rename to mark_thresholds_changed;
alter function mark_whole() rename to mark_merged_changed;
alter function kept_schema() rename to row_schema_version;
alter function raised(kept text, x jsonb, written integer) rename to upgrade_row;
alter function brought_up(rows jsonb, written integer) rename to upgrade_rows;
alter trigger ask_edited on activities rename to open_recompute_task_edited;
alter trigger ask_inserted on activities rename to open_recompute_task_inserted;
alter trigger ask_marked on activities rename to open_recompute_task_marked;
alter trigger confirmed_first on totp_credentials rename to require_verified_email;
alter trigger confirmed_first on passkeys rename to require_verified_email;
alter trigger confirmed_first on recovery_codes rename to require_verified_email;
alter trigger confirmed_first on api_tokens rename to require_verified_email;
alter trigger confirmed_first on external_identities rename to require_verified_email;
alter trigger discover_deleted on activities rename to enqueue_discovery_deleted;
alter trigger discover_deleted on journal_entries rename to enqueue_discovery_deleted;
alter trigger discover_inserted on activities rename to enqueue_discovery_inserted;
alter trigger discover_inserted on journal_entries rename to enqueue_discovery_inserted;
alter trigger discover_updated on activities rename to enqueue_discovery_updated;
alter trigger discover_updated on journal_entries rename to enqueue_discovery_updated;
alter trigger hide_older_zone on privacy_zones rename to jitter_privacy_zone;
alter trigger history on activities rename to record_change;
alter trigger history on journal_entries rename to record_change;
alter trigger history on athlete_thresholds rename to record_change;
alter trigger mark_dated on accounts rename to mark_time_zone_changed;
alter trigger mark_scored on athlete_thresholds rename to mark_thresholds_changed;
alter trigger mark_whole_deleted on activities rename to mark_merged_deleted;
alter trigger mark_whole_inserted on activities rename to mark_merged_inserted;
alter trigger mark_whole_updated on activities rename to mark_merged_updated;
alter trigger owners on memberships rename to enforce_last_owner;
alter trigger touch on accounts rename to set_updated_at;
alter trigger touch on activities rename to set_updated_at;
alter trigger touch on journal_entries rename to set_updated_at;
alter trigger touch on athlete_thresholds rename to set_updated_at;
alter trigger touch on organisations rename to set_updated_at;
alter trigger touch on visibility_settings rename to set_updated_at;

-- These hold names as text.
create or replace function enqueue_discovery()
 returns trigger
 language plpgsql
 security definer
 set search_path = public, pg_temp
AS $$
  declare
    athlete uuid;
  begin
    for athlete in select distinct athlete_id from changed loop
      perform enqueue_discovery_for(athlete);
    end loop;
    return null;
  end;
  $$;

create or replace function open_recompute_task()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    -- The task that is open already reaches everything, so the first of many marks asks for all.
    if exists (select from recompute_tasks where athlete_id = new.athlete_id and finished_at is null)
      or not exists (select from activities where id = new.id and metrics_stale and failed_formula_version = 0) then
      return null;
    end if;
    insert into recompute_tasks (id, athlete_id, reason, total, created_at)
      select gen_random_uuid(), new.athlete_id, 'What they are made of changed.', count(*), clock_timestamp()
        from activities where athlete_id = new.athlete_id and metrics_stale and failed_formula_version = 0
      on conflict (athlete_id) where finished_at is null do nothing;
    return null;
  end;
  $$;

create or replace function jitter_privacy_zone()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  declare
    -- The random bits of a version 4 UUID come from the strong generator; `random()` does not.
    turn double precision := ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 2 * pi();
    metres double precision := 570 + new.radius_m / 2 + ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 80;
  begin
    select shift_north_m, shift_east_m into new.shift_north_m, new.shift_east_m
      from (
        select z.id, z.shift_north_m, z.shift_east_m,
            sqrt((new.latitude_deg - spot.latitude_deg) ^ 2
              + ((east - 360 * floor((east + 180) / 360)) * cos(radians(new.latitude_deg))) ^ 2) * 111195 as metres_off
          from privacy_zones z
            cross join lateral (
              select z.latitude_deg - z.shift_north_m / 111195 as latitude_deg,
                new.longitude_deg - z.longitude_deg + z.shift_east_m / (111195 * greatest(cos(radians(z.latitude_deg)), 0.01)) as east
            ) spot
          where z.athlete_id = new.athlete_id and z.id <> new.id and z.shift_north_m is not null
      ) others
      where metres_off < 1500 order by metres_off, id limit 1;
    if not found then
      new.shift_north_m := metres * cos(turn);
      new.shift_east_m := metres * sin(turn);
    end if;
    metres := sqrt(new.shift_north_m ^ 2 + new.shift_east_m ^ 2);
    new.latitude_deg := least(greatest(new.latitude_deg + new.shift_north_m / 111195, -90), 90);
    new.longitude_deg := new.longitude_deg + new.shift_east_m / (111195 * greatest(cos(radians(new.latitude_deg)), 0.01));
    new.longitude_deg := new.longitude_deg - 360 * floor((new.longitude_deg + 180) / 360);
    -- All of the zone, wherever in it the old middle is, and no word of how far it was moved: a shift that is longer than this zone alone
    -- would have had one goes in steps of 250 m.
    new.hidden_m := 1.5 * new.radius_m + 50
      + case when metres <= 650 + new.radius_m / 2 + 1e-6 then 650 + new.radius_m / 2 else ceil(metres / 250) * 250 end;
    return new;
  end;
  $$;

create or replace function record_change()
 returns trigger
 language plpgsql
 security definer
 set search_path = public, pg_temp
AS $$
  declare
    edited text[] := tg_argv[1:];
    was jsonb;
    now_is jsonb;
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
  begin
    if tg_op <> 'INSERT' then
      was := to_jsonb(old) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if tg_op <> 'DELETE' then
      now_is := to_jsonb(new) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if cardinality(edited) > 0 then
      was := (select jsonb_object_agg(key, value) from jsonb_each(was) where key = any (edited));
      now_is := (select jsonb_object_agg(key, value) from jsonb_each(now_is) where key = any (edited));
    end if;
    -- Rows vanish with their account, too; there is nobody left to tell then. What a program computes is no edit.
    if was is distinct from now_is and viewer() is not null and exists (select from accounts where id = whose) then
      insert into change_log (athlete_id, actor_id, table_name, row_key, before, after)
        values (whose, viewer(), tg_table_name, coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0], was, now_is);
    end if;
    return null;
  end;
  $$;

create or replace function mark_time_zone_changed()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = new.id;
    return null;
  end;
  $$;

create or replace function mark_edited()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    new.metrics_stale := true;
    new.failed_formula_version := 0;
    return new;
  end;
  $$;

create or replace function mark_thresholds_changed()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  declare
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
    since date := least(old.valid_from, new.valid_from);
    other text[] := array(
      select key from jsonb_each(jsonb_strip_nulls(to_jsonb(old))) was full join jsonb_each(jsonb_strip_nulls(to_jsonb(new))) now_is using (key)
      where was.value is distinct from now_is.value and key not in ('created_at', 'updated_at'));
  begin
    -- Values vanish with their account, too; there is nothing left to mark then.
    if cardinality(other) = 0 or not exists (select from accounts where id = whose) then
      return null;
    end if;
    -- An import that is under way holds the account: what it brings is there when it is done, and marked with the rest.
    perform from accounts where id = whose for no key update;
    if exists (
      select from unnest(other) key
      where not exists (select from athlete_thresholds v where v.athlete_id = whose and v.valid_from < since and jsonb_strip_nulls(to_jsonb(v)) ? key)
    ) then
      since := '-infinity';
    end if;
    update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = whose and local_date >= since;
    return null;
  end;
  $$;

create or replace function mark_merged_changed()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    update activities set metrics_stale = true, failed_formula_version = 0 where id in (old.merged_into, new.merged_into);
    return null;
  end;
  $$;

create or replace function enqueue_discovery_for(athlete uuid)
 returns void
 language plpgsql
 security definer
 set search_path = public, pg_temp
AS $$
  begin
    -- Rows vanish with their account, too; nobody is left to ask for then.
    if not exists (select from accounts where id = athlete) then
      return;
    end if;
    insert into discovery_jobs (athlete_id) values (athlete) on conflict (athlete_id) where finished_at is null do nothing;
    perform add_discovery_job(athlete);
  end;
  $$;

drop function viewer_by_session(bytea, timestamptz, timestamptz);
create function authenticate_session(wanted_hash bytea, at timestamp with time zone, unused_since timestamp with time zone)
 returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean, deletion_requested_at timestamp with time zone, last_seen_at timestamp with time zone, reauthenticated_at timestamp with time zone, organisations uuid[], agreed text)
 language plpgsql
 stable SECURITY DEFINER
 set search_path = public, pg_temp
AS $$
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
revoke all on function authenticate_session(bytea, timestamptz, timestamptz) from public;
grant execute on function authenticate_session(bytea, timestamptz, timestamptz) to legwork_app;

-- What was written down under the old names is found under the new ones.
update change_log set
    table_name = 'athlete_thresholds',
    before = case when before ? 'hr_rest' then before - 'hr_rest' || jsonb_build_object('resting_hr', before -> 'hr_rest') else before end,
    after = case when after ? 'hr_rest' then after - 'hr_rest' || jsonb_build_object('resting_hr', after -> 'hr_rest') else after end
  where table_name = 'athlete_values';

-- Rows in archives and in the trash are older than their columns' names; see `upgrade_row` (0019, as `raised`).
create function rename_keys(x jsonb, names text[]) returns jsonb
  language sql immutable parallel safe
  begin atomic
    select coalesce(jsonb_object_agg(coalesce(names[array_position(names, e.key) + 1], e.key), e.value), '{}') from jsonb_each(x) e;
  end;
revoke all on function rename_keys(jsonb, text[]) from public;
grant execute on function rename_keys(jsonb, text[]) to legwork_app;

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
