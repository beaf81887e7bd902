create or replace function upgrade_row(kept text, x jsonb, written int) returns jsonb
  language sql immutable
  return x;
create or replace function row_schema_version() returns int
  language sql immutable
  return 19;
drop function rename_keys(jsonb, text[]);
update change_log set
    table_name = 'athlete_values',
    before = case when before ? 'resting_hr' then before - 'resting_hr' || jsonb_build_object('hr_rest', before -> 'resting_hr') else before end,
    after = case when after ? 'resting_hr' then after - 'resting_hr' || jsonb_build_object('hr_rest', after -> 'resting_hr') else after end
  where table_name = 'athlete_thresholds';
drop function authenticate_session(bytea, timestamptz, timestamptz);
alter trigger set_updated_at on visibility_settings rename to touch;
alter trigger set_updated_at on organisations rename to touch;
alter trigger set_updated_at on athlete_thresholds rename to touch;
alter trigger set_updated_at on journal_entries rename to touch;
alter trigger set_updated_at on activities rename to touch;
alter trigger set_updated_at on accounts rename to touch;
alter trigger enforce_last_owner on memberships rename to owners;
alter trigger mark_merged_updated on activities rename to mark_whole_updated;
alter trigger mark_merged_inserted on activities rename to mark_whole_inserted;
alter trigger mark_merged_deleted on activities rename to mark_whole_deleted;
alter trigger mark_thresholds_changed on athlete_thresholds rename to mark_scored;
alter trigger mark_time_zone_changed on accounts rename to mark_dated;
alter trigger record_change on athlete_thresholds rename to history;
alter trigger record_change on journal_entries rename to history;
alter trigger record_change on activities rename to history;
alter trigger jitter_privacy_zone on privacy_zones rename to hide_older_zone;
alter trigger enqueue_discovery_updated on journal_entries rename to discover_updated;
alter trigger enqueue_discovery_updated on activities rename to discover_updated;
alter trigger enqueue_discovery_inserted on journal_entries rename to discover_inserted;
alter trigger enqueue_discovery_inserted on activities rename to discover_inserted;
alter trigger enqueue_discovery_deleted on journal_entries rename to discover_deleted;
alter trigger enqueue_discovery_deleted on activities rename to discover_deleted;
alter trigger require_verified_email on external_identities rename to confirmed_first;
alter trigger require_verified_email on api_tokens rename to confirmed_first;
alter trigger require_verified_email on recovery_codes rename to confirmed_first;
alter trigger require_verified_email on passkeys rename to confirmed_first;
alter trigger require_verified_email on totp_credentials rename to confirmed_first;
alter trigger open_recompute_task_marked on activities rename to ask_marked;
alter trigger open_recompute_task_inserted on activities rename to ask_inserted;
alter trigger open_recompute_task_edited on activities rename to ask_edited;
alter function upgrade_rows(rows jsonb, written integer) rename to brought_up;
alter function upgrade_row(kept text, x jsonb, written integer) rename to raised;
alter function row_schema_version() rename to kept_schema;
alter function mark_merged_changed() rename to mark_whole;
alter function mark_thresholds_changed() rename to mark_scored;
alter function mark_time_zone_changed() rename to mark_dated;
alter function jitter_privacy_zone() rename to hide_older_zone;
alter function require_verified_email() rename to confirmed_first;
alter function athletes_with_recompute_tasks() rename to athletes_with_recomputes;
alter function count_known_device_attempt(wanted_email text, wanted_hash bytea, most integer) rename to try_known_device;
alter function is_known_device(wanted_email text, wanted_hash bytea) rename to device_is_known;
alter function authenticate_token(wanted_hash bytea, at timestamp with time zone) rename to viewer_by_token;
alter function record_change() rename to keep_history;
alter function open_recompute_task() rename to ask_to_compute_anew;
alter function enqueue_outdated_discovery(current_engine text) rename to request_outdated_discovery;
alter function enqueue_discovery() rename to ask_discovery_again;
alter function add_discovery_job(athlete uuid) rename to queue_discovery;
alter function enqueue_discovery_for(athlete uuid) rename to request_discovery;
alter function enqueue_own_discovery() rename to request_own_discovery;
alter function cancel_own_job(task text) rename to forget_own_job;
alter function enqueue_own_job(task text, due timestamp with time zone) rename to request_own_job;
alter function take_webauthn_challenge(wanted_hash bytea, at timestamp with time zone) rename to take_passkey_ceremony;
alter function store_webauthn_challenge(new_hash bytea, new_state jsonb, at timestamp with time zone, until timestamp with time zone) rename to begin_passkey_ceremony;
alter function consume_one_time_token(wanted_hash bytea, wanted_purpose text, at timestamp with time zone) rename to take_account_token;
alter function count_mfa_attempt(wanted_hash bytea, at timestamp with time zone) rename to try_account_token;
alter function visibility_of_activity(activity uuid) rename to activity_shown_by;
alter function visibility_of_athlete(athlete uuid) rename to shown_by;
alter function is_coach_of(athlete uuid) rename to coaches;
alter function viewer_role_in(organisation uuid) rename to own_role;
alter function enforce_last_owner() rename to keep_an_owner;
alter function accept_invitation(wanted_hash bytea, at timestamp with time zone) rename to take_invitation;
alter function create_organisation(new_id uuid, new_name text, at timestamp with time zone) rename to found_organisation;
alter function search_accounts(wanted text, after_email text, most integer) rename to people;
alter function set_updated_at() rename to touch_updated_at;
alter table athlete_thresholds rename column resting_hr to hr_rest;
alter table activities rename column elevation_gain_m to ascent_m;
alter table activities rename column route_preview to thumb;
alter table activities rename column failed_formula_version to failed_version;
alter table activities rename column metrics_stale to stale;
alter table import_files rename column upload_key to upload;
alter table import_files rename column metadata to about;
alter table sessions rename column reauthenticated_at to proven_at;
alter table sessions rename column location to place;
alter table sessions rename column user_agent to agent;
alter table audit_log rename column details to detail;
alter table audit_log rename column action to act;
alter table audit_log rename column subject_id to subject;
alter table audit_log rename column actor_id to actor;
alter table totp_credentials rename column last_used_step to last_step;
alter table change_log rename column actor_id to actor;
alter table change_log rename column row_key to key;
alter table change_log rename column table_name to subject;
alter index activities_metrics_stale rename to activities_stale;
alter index import_files_upload_key rename to import_files_upload;
alter table sessions rename constraint sessions_user_agent_check to sessions_agent_check;
alter table audit_log rename constraint audit_log_subject_id_fkey to audit_log_subject_fkey;
alter table audit_log rename constraint audit_log_actor_id_fkey to audit_log_actor_fkey;
alter index audit_log_subject_id rename to audit_log_subject;
alter index audit_log_actor_id rename to audit_log_actor;
alter table finding_snapshots rename constraint finding_snapshots_pkey to discovery_history_pkey;
alter table finding_snapshots rename constraint finding_snapshots_athlete_id_fkey to discovery_history_athlete_id_fkey;
alter table finding_snapshots rename to discovery_history;
alter table data_exports rename constraint data_exports_pkey to exports_pkey;
alter table data_exports rename constraint data_exports_athlete_id_fkey to exports_athlete_id_fkey;
alter index data_exports_recent rename to exports_recent;
alter index data_exports_open rename to exports_open;
alter table data_exports rename to exports;
alter table webauthn_challenges rename constraint webauthn_challenges_pkey to passkey_ceremonies_pkey;
alter index webauthn_challenges_expiry rename to passkey_ceremonies_expiry;
alter table webauthn_challenges rename to passkey_ceremonies;
alter table one_time_tokens rename constraint one_time_tokens_purpose_check to account_tokens_purpose_check;
alter table one_time_tokens rename constraint one_time_tokens_pkey to account_tokens_pkey;
alter table one_time_tokens rename constraint one_time_tokens_account_id_fkey to account_tokens_account_id_fkey;
alter index one_time_tokens_account rename to account_tokens_account;
alter table one_time_tokens rename to account_tokens;
alter table totp_credentials rename constraint totp_credentials_pkey to authenticators_pkey;
alter table totp_credentials rename constraint totp_credentials_account_id_fkey to authenticators_account_id_fkey;
alter table totp_credentials rename to authenticators;
alter table recompute_tasks rename constraint recompute_tasks_pkey to recomputes_pkey;
alter table recompute_tasks rename constraint recompute_tasks_athlete_id_fkey to recomputes_athlete_id_fkey;
alter index recompute_tasks_recent rename to recomputes_recent;
alter index recompute_tasks_open rename to recomputes_open;
alter table recompute_tasks rename to recomputes;
alter table athlete_thresholds rename constraint athlete_thresholds_zone_model_check to athlete_values_zone_model_check;
alter table athlete_thresholds rename constraint athlete_thresholds_weight_kg_check to athlete_values_weight_kg_check;
alter table athlete_thresholds rename constraint athlete_thresholds_threshold_s_per_km_check to athlete_values_threshold_s_per_km_check;
alter table athlete_thresholds rename constraint athlete_thresholds_threshold_hr_check to athlete_values_threshold_hr_check;
alter table athlete_thresholds rename constraint athlete_thresholds_sex_check to athlete_values_sex_check;
alter table athlete_thresholds rename constraint athlete_thresholds_pkey to athlete_values_pkey;
alter table athlete_thresholds rename constraint athlete_thresholds_resting_hr_check to athlete_values_hr_rest_check;
alter table athlete_thresholds rename constraint athlete_thresholds_hr_max_check to athlete_values_hr_max_check;
alter table athlete_thresholds rename constraint athlete_thresholds_grade_model_check to athlete_values_grade_model_check;
alter table athlete_thresholds rename constraint athlete_thresholds_athlete_id_fkey to athlete_values_athlete_id_fkey;
alter table athlete_thresholds rename to athlete_values;
alter table privacy_zones rename constraint privacy_zones_radius_m_check to home_zones_radius_m_check;
alter table privacy_zones rename constraint privacy_zones_pkey to home_zones_pkey;
alter table privacy_zones rename constraint privacy_zones_name_check to home_zones_name_check;
alter table privacy_zones rename constraint privacy_zones_longitude_deg_check to home_zones_longitude_deg_check;
alter table privacy_zones rename constraint privacy_zones_latitude_deg_check to home_zones_latitude_deg_check;
alter table privacy_zones rename constraint privacy_zones_athlete_id_fkey to home_zones_athlete_id_fkey;
alter index privacy_zones_athlete rename to home_zones_athlete;
alter table privacy_zones rename to home_zones;
alter table visibility_settings rename constraint visibility_settings_training_check to sharing_training_check;
alter table visibility_settings rename constraint visibility_settings_pkey to sharing_pkey;
alter table visibility_settings rename constraint visibility_settings_map_check to sharing_map_check;
alter table visibility_settings rename constraint visibility_settings_heart_rate_check to sharing_heart_rate_check;
alter table visibility_settings rename constraint visibility_settings_athlete_id_fkey to sharing_athlete_id_fkey;
alter table visibility_settings rename to sharing;
alter table change_log rename constraint change_log_pkey to history_pkey;
alter table change_log rename constraint change_log_athlete_id_fkey to history_athlete_id_fkey;
alter table change_log rename constraint change_log_actor_id_fkey to history_actor_fkey;
alter index change_log_recent rename to history_recent;
alter index change_log_actor_id rename to history_actor;
alter table change_log rename to history;
alter table trashed_activities rename constraint trashed_activities_pkey to bin_pkey;
alter table trashed_activities rename constraint trashed_activities_athlete_id_fkey to bin_athlete_id_fkey;
alter index trashed_activities_recent rename to bin_recent;
alter table trashed_activities rename to bin;

create or replace function ask_discovery_again()
 returns trigger
 language plpgsql
 security definer
 set search_path = public, pg_temp
AS $$
  declare
    athlete uuid;
  begin
    for athlete in select distinct athlete_id from changed loop
      perform request_discovery(athlete);
    end loop;
    return null;
  end;
  $$;

create or replace function ask_to_compute_anew()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    -- The task that is open already reaches everything, so the first of many marks asks for all.
    if exists (select from recomputes where athlete_id = new.athlete_id and finished_at is null)
      or not exists (select from activities where id = new.id and stale and failed_version = 0) then
      return null;
    end if;
    insert into recomputes (id, athlete_id, reason, total, created_at)
      select gen_random_uuid(), new.athlete_id, 'What they are made of changed.', count(*), clock_timestamp()
        from activities where athlete_id = new.athlete_id and stale and failed_version = 0
      on conflict (athlete_id) where finished_at is null do nothing;
    return null;
  end;
  $$;

create or replace function hide_older_zone()
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
          from home_zones z
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

create or replace function keep_history()
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
      insert into history (athlete_id, actor, subject, key, before, after)
        values (whose, viewer(), tg_table_name, coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0], was, now_is);
    end if;
    return null;
  end;
  $$;

create or replace function mark_dated()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    update activities set stale = true, failed_version = 0 where athlete_id = new.id;
    return null;
  end;
  $$;

create or replace function mark_edited()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    new.stale := true;
    new.failed_version := 0;
    return new;
  end;
  $$;

create or replace function mark_scored()
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
      where not exists (select from athlete_values v where v.athlete_id = whose and v.valid_from < since and jsonb_strip_nulls(to_jsonb(v)) ? key)
    ) then
      since := '-infinity';
    end if;
    update activities set stale = true, failed_version = 0 where athlete_id = whose and local_date >= since;
    return null;
  end;
  $$;

create or replace function mark_whole()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  begin
    update activities set stale = true, failed_version = 0 where id in (old.merged_into, new.merged_into);
    return null;
  end;
  $$;

create or replace function request_discovery(athlete uuid)
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
    perform queue_discovery(athlete);
  end;
  $$;

create function viewer_by_session(wanted_hash bytea, at timestamp with time zone, unused_since timestamp with time zone)
 returns table (account_id uuid, email text, name text, time_zone text, synthetic boolean, role text, verified boolean, second_factor boolean, deletion_requested_at timestamp with time zone, last_seen_at timestamp with time zone, proven_at timestamp with time zone, organisations uuid[], agreed text)
 language plpgsql
 stable SECURITY DEFINER
 set search_path = public, pg_temp
AS $$
  #variable_conflict use_column
  begin
    return query
      select a.id, a.email, a.name, a.time_zone, a.synthetic, a.role, a.email_verified_at is not null,
        exists (select from authenticators f where f.account_id = a.id and f.confirmed_at is not null)
          or exists (select from passkeys p where p.account_id = a.id),
        a.deletion_requested_at, coalesce(s.last_seen_at, s.created_at), coalesce(s.proven_at, s.created_at),
        array (select m.organisation_id from memberships m where m.account_id = a.id),
        (select max(c.version) from consents c where c.account_id = a.id and c.what = 'privacy notice' and c.withdrawn_at is null)
      from sessions s join accounts a on a.id = s.account_id
      where s.token_hash = wanted_hash and s.expires_at > at and coalesce(s.last_seen_at, s.created_at) > unused_since;
  end;
  $$;
revoke all on function viewer_by_session(bytea, timestamptz, timestamptz) from public;
grant execute on function viewer_by_session(bytea, timestamptz, timestamptz) to legwork_app;
