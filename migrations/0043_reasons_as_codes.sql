-- Why activities are recomputed, and that an export failed, are codes: words belong to pages.
-- Locks: `recompute_tasks` while its rows are checked, of which an athlete has a handful.
update recompute_tasks set reason = case reason
  when 'Your thresholds changed.' then 'thresholds' when 'Your time zone changed.' then 'time_zone' when 'The formulas got better.' then 'formulas'
  else 'edits' end;
-- squawk-ignore constraint-missing-not-valid -- because the table is small, and its rows have just been written
alter table recompute_tasks add constraint recompute_tasks_reason_check check (reason in ('thresholds', 'time_zone', 'formulas', 'edits'));
update data_exports set error = 'failed' where error is not null;
create or replace function open_recompute_task() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    -- The task that is open already reaches everything, so the first of many marks asks for all.
    if exists (select from recompute_tasks where athlete_id = new.athlete_id and finished_at is null)
      or not exists (select from activities where id = new.id and metrics_stale and failed_formula_version = 0) then
      return null;
    end if;
    insert into recompute_tasks (id, athlete_id, reason, total, created_at)
      select gen_random_uuid(), new.athlete_id, 'edits', count(*), clock_timestamp()
        from activities where athlete_id = new.athlete_id and metrics_stale and failed_formula_version = 0
      on conflict (athlete_id) where finished_at is null do nothing;
    return null;
  end;
  $$;
