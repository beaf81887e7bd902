drop trigger history on activities;
drop trigger history on journal_entries;
drop trigger history on athlete_values;
drop function keep_history();
drop function request_own_emptying(timestamptz);
drop table history;
drop table bin;
create or replace function forget_own_jobs(also_deletion boolean) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if viewer() is not null and to_regnamespace('graphile_worker') is not null then
      perform graphile_worker.remove_job('discover/' || viewer());
      perform graphile_worker.remove_job('export/' || viewer());
      if also_deletion then
        perform graphile_worker.remove_job('delete/' || viewer());
      end if;
    end if;
  end;
  $$;
