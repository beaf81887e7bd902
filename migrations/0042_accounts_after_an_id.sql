-- A page of the list of accounts begins after an account's id: an email address would stand in an address, and in logs.
-- Locks nothing: functions are created and dropped.
create function search_accounts(wanted text, after uuid, most integer)
  returns table (account_id uuid, email text, name text, role text, verified boolean, synthetic boolean, created_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.email, a.name, a.role, a.email_verified_at is not null, a.synthetic, a.created_at from accounts a
      where has_role('employee', 'admin', 'owner')
        and lower(a.email) > coalesce((select lower(b.email) from accounts b where b.id = after), '')
        and (wanted = '' or position(lower(wanted) in lower(a.email)) > 0 or position(lower(wanted) in lower(a.name)) > 0)
      order by lower(a.email) limit most;
  end;
revoke all on function search_accounts(text, uuid, integer) from public;
grant execute on function search_accounts(text, uuid, integer) to legwork_app;
-- squawk-ignore ban-drop-function -- because nothing was released before this, so no older server calls it
drop function search_accounts(text, text, integer);
