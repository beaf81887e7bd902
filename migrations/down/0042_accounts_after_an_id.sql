-- Back to a list of accounts that begins after an email address.
create or replace function search_accounts(wanted text, after_email text, most integer)
 RETURNS TABLE(account_id uuid, email text, name text, role text, verified boolean, synthetic boolean, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT a.id,
     a.email,
     a.name,
     a.role,
     (a.email_verified_at IS NOT NULL),
     a.synthetic,
     a.created_at
    FROM accounts a
   WHERE (has_role(VARIADIC ARRAY['employee'::text, 'admin'::text, 'owner'::text]) AND (lower(a.email) > lower(search_accounts.after_email)) AND ((search_accounts.wanted = ''::text) OR (POSITION((lower(search_accounts.wanted)) IN (lower(a.email))) > 0) OR (POSITION((lower(search_accounts.wanted)) IN (lower(a.name))) > 0)))
   ORDER BY (lower(a.email))
  LIMIT search_accounts.most;
END
;
revoke all on function search_accounts(text, text, integer) from public;
grant execute on function search_accounts(text, text, integer) to legwork_app;
drop function search_accounts(text, uuid, integer);
