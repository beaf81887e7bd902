-- A file is worked at outside of any transaction: whoever does says so in its line, and goes on saying so. An archive is unpacked beside the
-- recordings, so that it keeps nobody waiting. `athletes_with_queued_files` stays for servers of the version before; what those take in spite
-- of a hold is done once all the same, because a hold that is not there any more stores nothing.
-- Locks: `import_files` for the moment in which columns are added, then writes to it while it is read once for the index, in which only lines
-- go that still have their bytes.

alter table import_files
  -- Whether it is an archive; null until somebody looked.
  add column archive    boolean,
  -- A new one each time that somebody begins.
  add column held_by    uuid,
  -- Nobody else begins before.
  add column held_until timestamptz;

-- What keeps an upload from being collected.
-- squawk-ignore require-concurrent-index-creation -- building beside others would wait for servers that wait for this migration's lock
create index import_files_upload on import_files (upload) where upload is not null;

create function athletes_with_files_due(archives boolean, moment timestamptz) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.athlete_id from import_files f
      where f.outcome = 'queued' and coalesce(f.archive, false) = archives and coalesce(f.held_until <= moment, true)
      group by f.athlete_id order by min(f.created_at) limit 100;
  end;

-- Files on the disk belong to nobody; which of them some line still needs is all that is told.
create function uploads_in_use(keys text[]) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.upload from import_files f where f.upload = any (keys);
  end;

do $$
declare
  f text;
begin
  foreach f in array array['athletes_with_files_due(boolean, timestamptz)', 'uploads_in_use(text[])'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end $$;
