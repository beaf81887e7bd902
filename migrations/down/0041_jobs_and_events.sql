-- Back to functions for each kind of job and triggers that ask the queue themselves. Events that wait are lost; every start asks again for what is
-- outdated.
drop trigger emit_inserted on activities;
drop trigger emit_updated on activities;
drop trigger emit_deleted on activities;
drop trigger emit_inserted on journal_entries;
drop trigger emit_updated on journal_entries;
drop trigger emit_deleted on journal_entries;
drop trigger emit_inserted on recompute_tasks;
drop trigger emit_time_zone_changed on accounts;
drop function emit_time_zone_changed();
drop function emit_changed();
drop function athletes_with_outdated_reports(text);
drop function athletes_with_events();
drop function emit_event(text, jsonb);
drop function emit_event_for(uuid, text, jsonb);
drop function add_dispatch_job(uuid);
drop function lock_events(uuid);
drop table events;
drop function cancel_jobs();
drop function cancel_job(text, text);
drop function enqueue_job(text, jsonb, text, timestamptz, integer, boolean);

do $$
begin
  if to_regclass('graphile_worker._private_tasks') is not null then
    execute 'update graphile_worker._private_tasks set identifier = ''empty_bin'' where identifier = ''empty_trash''
             and not exists (select from graphile_worker._private_tasks where identifier = ''empty_bin'')';
  end if;
end $$;
create or replace function own_job_key(task text)
 returns text
 language sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $$ select case task when 'delete_account' then 'delete' when 'empty_bin' then 'bin' else task end || '/' || viewer() $$
;
drop function subject();
create or replace function mark_time_zone_changed()
 returns trigger
 language plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $$
  begin
    update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = new.id;
    return null;
  end;
  $$
;
create or replace function add_discovery_job(athlete uuid)
 returns void
 language plpgsql
 security definer
 SET search_path TO 'public', 'pg_temp'
AS $$
  begin
    if to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => 'discover', payload => json_build_object('athlete', athlete), job_key => 'discover/' || athlete,
        run_at => now() + interval '1 second', max_attempts => 10);
    end if;
  end;
  $$
;
create or replace function enqueue_discovery_for(athlete uuid)
 returns void
 language plpgsql
 security definer
 SET search_path TO 'public', 'pg_temp'
AS $$
  begin
    -- Rows vanish with their account, too; nobody is left to ask for then.
    if not exists (select from accounts where id = athlete) then
      return;
    end if;
    insert into discovery_jobs (athlete_id) values (athlete) on conflict (athlete_id) where finished_at is null do nothing;
    perform add_discovery_job(athlete);
  end;
  $$
;
create or replace function enqueue_discovery()
 returns trigger
 language plpgsql
 security definer
 SET search_path TO 'public', 'pg_temp'
AS $$
  declare
    athlete uuid;
  begin
    for athlete in select distinct athlete_id from changed loop
      perform enqueue_discovery_for(athlete);
    end loop;
    return null;
  end;
  $$
;
create or replace function enqueue_own_discovery()
 returns void
 language sql
 security definer
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT enqueue_discovery_for(viewer()) AS request_discovery
   WHERE (viewer() IS NOT NULL);
END
;
create or replace function enqueue_own_job(task text, due timestamp with time zone)
 returns void
 language plpgsql
 security definer
 SET search_path TO 'public', 'pg_temp'
AS $$
  begin
    if task not in ('export', 'expire_exports', 'empty_bin', 'delete_account') then
      raise exception 'no such job';
    end if;
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.add_job(
        identifier => task, payload => json_build_object('athlete', viewer()), job_key => own_job_key(task), run_at => due,
        max_attempts => 25);
    end if;
  end;
  $$
;
create or replace function cancel_own_job(task text)
 returns void
 language plpgsql
 security definer
 SET search_path TO 'public', 'pg_temp'
AS $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job(own_job_key(task));
    end if;
  end;
  $$
;
create or replace function enqueue_outdated_discovery(current_engine text)
 returns void
 language sql
 security definer
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT enqueue_discovery_for(a.id) AS request_discovery
    FROM accounts a
   WHERE (((EXISTS ( SELECT
            FROM activities
           WHERE (activities.athlete_id = a.id))) OR (EXISTS ( SELECT
            FROM journal_entries
           WHERE (journal_entries.athlete_id = a.id)))) AND (NOT (EXISTS ( SELECT
            FROM discovery_reports r
           WHERE ((r.athlete_id = a.id) AND (split_part(r.fingerprint, ' '::text, 1) = enqueue_outdated_discovery.current_engine))))));
END
;
create or replace function athletes_with_queued_files()
 returns SETOF uuid
 language sql
 STABLE security definer
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT f.athlete_id
    FROM import_files f
   WHERE (f.outcome = 'queued'::text)
   GROUP BY f.athlete_id
   ORDER BY (min(f.created_at))
  LIMIT 100;
END
;
create trigger enqueue_discovery_deleted AFTER DELETE ON activities REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger enqueue_discovery_deleted AFTER DELETE ON journal_entries REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger enqueue_discovery_inserted AFTER INSERT ON activities REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger enqueue_discovery_inserted AFTER INSERT ON journal_entries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger enqueue_discovery_updated AFTER UPDATE ON activities REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger enqueue_discovery_updated AFTER UPDATE ON journal_entries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enqueue_discovery();
create trigger mark_time_zone_changed AFTER UPDATE OF time_zone ON accounts FOR EACH ROW WHEN ((old.time_zone IS DISTINCT FROM new.time_zone)) EXECUTE FUNCTION mark_time_zone_changed();
revoke all on function athletes_with_queued_files() from public; grant execute on function athletes_with_queued_files() to legwork_app;
revoke all on function enqueue_discovery_for(uuid) from public;
revoke all on function add_discovery_job(uuid) from public;
revoke all on function enqueue_discovery() from public;
revoke all on function enqueue_outdated_discovery(text) from public; grant execute on function enqueue_outdated_discovery(text) to legwork_app;
revoke all on function cancel_own_job(text) from public; grant execute on function cancel_own_job(text) to legwork_app;
revoke all on function enqueue_own_job(text,timestamp with time zone) from public; grant execute on function enqueue_own_job(text,timestamp with time zone) to legwork_app;
revoke all on function enqueue_own_discovery() from public; grant execute on function enqueue_own_discovery() to legwork_app;
revoke all on function mark_time_zone_changed() from public;
