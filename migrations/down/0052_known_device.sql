create function is_known_device(wanted_email text, wanted_hash bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select from known_devices d join accounts a on a.id = d.account_id where a.email = wanted_email and d.token_hash = wanted_hash);
  end;
revoke all on function is_known_device(text, bytea) from public;
grant execute on function is_known_device(text, bytea) to legwork_app;
