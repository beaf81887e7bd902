-- What one feature needs of another above it, in the same statement or the same commit, is a function of the one that owns the tables, as
-- `leave_organisations`: the reset of a password withdraws what a stranger shared, and the trash asks which imports were undone.
-- Locks nothing: functions are created.
create function share_nothing() returns void
  language sql volatile set search_path = public, pg_temp
  begin atomic
    delete from visibility_settings s where s.athlete_id = viewer();
  end;
-- Whether the import that brought a file was undone. The caller's policies hold.
create function is_undone_import(file uuid) returns boolean
  language sql stable set search_path = public, pg_temp
  begin atomic
    select exists (select from import_files f join imports i on i.id = f.import_id where f.id = file and i.undone_at is not null);
  end;
revoke all on function share_nothing(), is_undone_import(uuid) from public;
grant execute on function share_nothing(), is_undone_import(uuid) to legwork_app;
