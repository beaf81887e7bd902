-- Whoever registered a stranger's address may have joined clubs with it, or founded one: when the stranger takes the account over, it is in none of
-- them. A club that only this account owned goes with it. For the reset of a password whose address was never confirmed.
-- Locks nothing that was there before.
create function leave_organisations() returns void
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    delete from organisations o
      where exists (select from memberships m where m.organisation_id = o.id and m.account_id = viewer() and m.role = 'business_owner')
        and not exists (select from memberships m where m.organisation_id = o.id and m.account_id <> viewer() and m.role = 'business_owner');
    delete from memberships m where m.account_id = viewer();
  end;
revoke all on function leave_organisations() from public;
grant execute on function leave_organisations() to legwork_app;
