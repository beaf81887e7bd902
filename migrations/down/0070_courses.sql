-- Courses are lost, with the log of their edits: the schema before has no place for them.
delete from change_log where table_name = 'courses';
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
        and not exists (select from goals x where x.athlete_id = a.id)
        and not exists (select from availability x where x.athlete_id = a.id)
        and not exists (select from planned_sessions x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;
drop table courses;
