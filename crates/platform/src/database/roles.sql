-- Run by the tables' owner at every start, in one transaction, before the migrations and again after them. Before them `legwork.migrated` is false,
-- and only what would hide rows from a migration is fixed: in a restored or renamed database the policies that make rows visible name a
-- role that does not exist, or is not ours. What is correct already is left alone, so that an ordinary start locks no table. `legwork.login`,
-- `legwork.definer`, `legwork.verifier` and `legwork.migrated` are set for the transaction.

do $$
declare
  login text := current_setting('legwork.login');
  definer text := current_setting('legwork.definer');
  verifier text := nullif(current_setting('legwork.verifier'), '');
  migrated boolean := current_setting('legwork.migrated')::boolean;
  superuser boolean := (select rolsuper from pg_roles where rolname = current_user);
  thing record;
begin
  -- A dump contains no roles: for a restored database they are created here.
  if not exists (select from pg_roles where rolname = 'legwork_app') then
    begin
      create role legwork_app nologin;
    exception when duplicate_object or unique_violation then
      null; -- another database of this server created it a moment ago
    end;
  end if;
  if not exists (select from pg_roles where rolname = definer) then
    execute format('create role %I nologin', definer);
  end if;
  if migrated and not exists (select from pg_roles where rolname = login) then
    execute format('create role %I login password %L', login, verifier);
  end if;
  if migrated and not pg_has_role(login, 'legwork_app', 'usage') then
    execute format('grant legwork_app to %I', login);
  end if;

  -- Anyone who may create objects in `public` could shadow a function that runs as another role.
  if migrated and exists (select from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE') then
    revoke create on schema public from public;
  end if;

  if not has_schema_privilege(definer, 'public', 'usage') then
    execute format('grant usage on schema public to %I', definer);
  end if;
  for thing in
    select c.oid::regclass as name, c.relforcerowsecurity as forced, has_table_privilege(definer, c.oid, 'delete') as granted,
      exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'definer') as named,
      exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'definer' and (select oid from pg_roles where rolname = definer) = any (p.polroles))
        as let_in
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity and (migrated or c.relforcerowsecurity)
  loop
    if not thing.forced then
      execute format('alter table %s force row level security', thing.name);
    end if;
    if not thing.granted then
      execute format('grant select, insert, update, delete on %s to %I', thing.name, definer);
    end if;
    if thing.named and not thing.let_in then
      -- The database had another name: its definer was another role.
      execute format('alter policy definer on %s to %I using (true) with check (true)', thing.name, definer);
    elsif not thing.let_in then
      execute format('create policy definer on %s to %I using (true) with check (true)', thing.name, definer);
    end if;
  end loop;

  if not migrated then
    return;
  end if;
  -- Functions that use the queue stay the owner's, whose tables those are: they read nobody's data.
  if not superuser then
    execute format('grant %I to %I', definer, current_user);
  end if;
  for thing in
    select p.oid::regprocedure as name, pg_get_functiondef(p.oid) ~ 'graphile_worker\.' as queue, pg_get_userbyid(p.proowner) as owner
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prokind = 'f'
  loop
    if thing.queue then
      if not has_function_privilege(definer, thing.name, 'execute') then
        execute format('grant execute on function %s to %I', thing.name, definer);
      end if;
    elsif thing.owner <> definer then
      -- The owner may be the definer of the database's former name.
      if not superuser and thing.owner <> current_user then
        execute format('grant %I to %I', thing.owner, current_user);
      end if;
      execute format('grant create on schema public to %I', definer);
      execute format('alter function %s owner to %I', thing.name, definer);
      execute format('revoke create on schema public from %I', definer);
      if not superuser and thing.owner <> current_user then
        execute format('revoke %I from %I', thing.owner, current_user);
      end if;
    end if;
  end loop;
  -- Another session of the owner, such as a backup, may rely on the membership at this moment; it revokes it itself (`with_definer_role`).
  if not superuser and pg_try_advisory_xact_lock(hashtext('legwork lifted')) then
    execute format('revoke %I from %I', definer, current_user);
  end if;
end
$$;
