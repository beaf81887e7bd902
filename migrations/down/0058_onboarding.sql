-- Goals, availability and the year of birth are lost, with the log of their edits: the schema before has no place for them.
delete from change_log where table_name in ('goals', 'availability');
select set_config('legwork.importing', 'true', true);
update athlete_thresholds t set weight_kg = v.number from daily_values v
  where v.athlete_id = t.athlete_id and v.day = t.valid_from and v.measure = 'weight_kg' and v.source = 'typed' and v.number between 25 and 300;
select set_config('legwork.importing', '', true);
create or replace function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from daily_values x where x.athlete_id = a.id)
        and not exists (select from nutrition_entries x where x.athlete_id = a.id)
        and not exists (select from nutrition_favourites x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

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

-- The weights that were copied are where they came from.
delete from daily_values d using athlete_thresholds t
  where d.athlete_id = t.athlete_id and d.day = t.valid_from and d.measure = 'weight_kg' and d.source = 'typed' and d.number = t.weight_kg;
drop trigger weight_of_archive on athlete_thresholds;
drop function weight_of_archive();
alter table athlete_thresholds drop column birth_year;
drop table onboarding;
drop table availability;
drop table goals;
drop function onboarding_steps();
drop function week_slots();
