-- Back to sentences.
alter table recompute_tasks drop constraint recompute_tasks_reason_check;
update recompute_tasks set reason = case reason
  when 'thresholds' then 'Your thresholds changed.' when 'time_zone' then 'Your time zone changed.' when 'formulas' then 'The formulas got better.'
  else 'What they are made of changed.' end;
update data_exports set error = 'It did not work, and is tried again.' where error is not null;
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
      select gen_random_uuid(), new.athlete_id, 'What they are made of changed.', count(*), clock_timestamp()
        from activities where athlete_id = new.athlete_id and metrics_stale and failed_formula_version = 0
      on conflict (athlete_id) where finished_at is null do nothing;
    return null;
  end;
  $$;
