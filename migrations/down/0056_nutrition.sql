-- What was eaten is lost, with the log of its edits: the schema before has no place for it.
delete from change_log where table_name in ('nutrition_entries', 'nutrition_favourites');
delete from events where name = 'nutrition.changed';
create or replace function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from daily_values x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

drop table nutrition_entries;
drop table nutrition_favourites;
drop table nutrition_settings;
drop function keep_own_references();
drop function are_own_nutrients(jsonb);
drop function nutrient_names();
