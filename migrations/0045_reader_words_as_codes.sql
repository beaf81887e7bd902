-- What readers say about a file, why a file of an import has its outcome, and the caveats about an activity are codes with arguments: words
-- belong to pages. Sentences that are recognised exactly become their codes. What is not recognised becomes the code `earlier`, whose argument
-- is the old text; an old caveat that is not recognised goes, because recomputing writes it again.
-- Locks: `import_files` and `activities` while they are rewritten: a second for ten thousand activities.

-- The sentences of earlier versions. `{name:kind}` is an argument: a whole number, megabytes (stored in bytes), kilometres (stored in metres), a
-- day, a name, or words of a library that nothing keeps.
create function reader_sentences() returns table (code text, template text, arguments jsonb)
  language sql immutable parallel safe set search_path = public, pg_temp
  as $$
    select * from (values
      ('ended_early', 'The file ended early. Everything up to there is kept, about {kept_percent:int} % of it.', jsonb '{}'),
      ('unreadable', 'The file is damaged from byte {at:int} on. What comes before is kept, about {kept_percent:int} % of it.', '{}'),
      ('gap', '{bytes:int} damaged bytes from byte {at:int} on were left out, about {percent:int} % of the file. What comes before and behind is kept.', '{}'),
      ('bad_checksum', 'The checksum does not fit. The content reads fine and is kept.', '{}'),
      ('bad_header', 'The header is damaged. The content behind it is kept.', '{}'),
      ('unknown_entity', 'The text “&{name:name};” in the file was left out.', '{}'),
      ('points_left_out', 'One point without a usable position was left out.', '{"points": 1}'),
      ('points_left_out', '{points:int} points without a usable position were left out.', '{}'),
      ('clock_not_set', 'The clock was never set: it says {day:day}. Everything else is kept; give it its date on its page.', '{}'),
      ('in_the_future', 'The clock was ahead: it says {day:day}, which has not come yet. Everything else is kept; give it its date on its page.', '{}'),
      ('too_much', 'The file holds more than a recording of twelve days can. What came first is kept.', '{}'),
      ('archive_too_large', 'The archive unpacks to more than it may. What came before is kept, the rest was not read.', '{}'),
      ('too_many_entries', 'The archive holds more than {limit:int} entries. Those were read; drop the rest in a second one.', '{}'),
      ('without_recording', '{activities:int} of the listed activities have no recording in the archive. Add those by hand.', '{}'),
      ('archive_ended_early', 'The archive ends in the middle. What came before is kept.', '{}'),
      ('empty', 'The file is empty. Export it again from the watch or the service.', '{}'),
      ('unknown_format', 'This is not a FIT, GPX or TCX recording. Those are the ones we can read, also gzipped or in a zip.', '{}'),
      ('too_large_unpacked', 'The file is larger than {limit:mb} MB unpacked. A day of running fits in ten.', '{}'),
      ('not_an_activity', 'This FIT file holds device settings, not an activity.', '{"holds": "settings"}'),
      ('not_an_activity', 'This FIT file holds a workout plan, not an activity.', '{"holds": "workout"}'),
      ('not_an_activity', 'This FIT file holds a course, not an activity.', '{"holds": "course"}'),
      ('not_an_activity', 'This FIT file holds daily monitoring, not an activity.', '{"holds": "monitoring"}'),
      ('not_an_activity', 'This FIT file holds something else, not an activity.', '{"holds": "other"}'),
      ('no_samples', 'There is no recorded track in this file: it has no samples.', '{}'),
      ('no_track_points', 'There is no recorded track in this file: no track points.', '{}'),
      ('no_track_points', 'There is no recorded track in this file: no trackpoints.', '{}'),
      ('planned_route', 'There is no recorded track in this file: it holds a planned route or waypoints.', '{}'),
      ('damaged', 'The file is too damaged to read: it stops inside the header.', '{"part": "header"}'),
      ('damaged', 'The file is too damaged to read: there is nothing behind the header.', '{"part": "body"}'),
      ('damaged', 'The file is too damaged to read: the gzip wrapper: {error:any}.', '{"part": "gzip"}'),
      ('damaged', 'The file is too damaged to read: the zip''s directory, {error:any}.', '{"part": "zip_directory"}'),
      ('damaged', 'The file is too damaged to read: the tar, {error:any}.', '{"part": "tar"}'),
      ('xml_breaks', 'The file is too damaged to read: the XML breaks at byte {at:int}.', '{}'),
      ('damaged', 'The file is too damaged to read: {error:any}.', '{"part": "zip_entry"}'),
      ('nested_archive', 'There is an archive inside the archive. Unpack it once and drop what is in it.', '{}'),
      ('one_instant', 'All points carry the same time: there is a distance, and no pace.', '{}'),
      ('times_of_totals', 'All points carry the same time. How long it took is what the device says for the whole.', '{}'),
      ('not_run', '{metres:km} km lie across a pause or between two segments. They were not run and do not count.', '{}'),
      ('little_heart_rate', 'There is a heart rate for {percent:int} % of the time. Its mean speaks for that alone.', '{}'),
      ('steps_of_both_legs', 'The cadence counted the steps of both legs. It was halved.', '{}'),
      ('clock_set', 'The clock was set during the recording. The jump is no time.', '{}'),
      ('too_long_for_seconds', 'It moves for more than twelve days. What is computed second by second is left out.', '{}'),
      ('no_times', 'It holds a route without times, so there is no pace to compute. Export the activity itself, not its route.', '{}'),
      ('no_day', 'Its clock was never set, so there is no telling which day it belongs to.', '{}'),
      ('nothing_measured', 'It has neither time nor distance in it.', '{}'),
      ('file_too_large', 'It is larger than {limit:mb} MB, which is the most for one file here.', '{}'),
      ('connection_broke', 'The connection broke during the upload. Drop it again.', '{}'),
      ('disk_was_full', 'The disk of the server was full. Drop it again when there is room.', '{}'),
      ('disk_full', 'The disk of the server is full. It goes on by itself when there is room.', '{}'),
      ('disk_unusable', 'The disk of the server cannot be used. It goes on by itself when it can.', '{}'),
      ('not_read_back', 'The received file cannot be read back: {error:any}.', '{}'),
      ('reader_panicked', 'It confused us badly. We would like to see it.', '{}'),
      ('stopped_import', 'It stopped the import three times. We would like to see it.', '{}'),
      ('not_unpacked', 'It cannot be unpacked: {error:any}.', '{}'),
      ('no_recordings', 'The archive holds no FIT, GPX or TCX files.', '{}'),
      ('nothing_to_keep', 'There is nothing in it to keep.', '{}'),
      ('files', '1 file in it.', '{"files": 1}'),
      ('files', '{files:int} files in it.', '{}'),
      ('activities', '{activities:int} activities in one file.', '{}'),
      ('same_activity', 'The same activity was here from another source. The better of both counts; its page can unmerge them.', '{}'),
      ('same_activity', 'The same activity was here from another source. The better of both counts; its page can take them apart.', '{}'),
      ('duplicate', 'Here already. Nothing was added.', '{}')
    ) as s (code, template, arguments);
  $$;

-- One or more sentences as an array of codes. Archives and trash hold sentences, too, so this stays.
create function sentences_as_codes(words text) returns jsonb
  language plpgsql immutable parallel safe set search_path = public, pg_temp
  as $$
  declare
    rest text := replace(words, chr(160), ' ');
    codes jsonb := '[]';
    s record;
    pattern text;
    hit text[];
    slot text[];
    n int;
    given jsonb;
  begin
    -- Longer than anything that was ever written: an archive may hold what it likes, and reading it takes time.
    if length(rest) > 10000 then
      return jsonb_build_array(jsonb_build_object('code', 'earlier', 'text', left(rest, 10000)));
    end if;
    while rest <> '' loop
      given := null;
      for s in select * from reader_sentences() r where starts_with(rest, split_part(r.template, '{', 1)) loop
        pattern := replace(s.template, '.', '[.]');
        pattern := regexp_replace(pattern, '\{[a-z_]+:(int|mb)\}', '([0-9]{1,12})', 'g');
        pattern := regexp_replace(pattern, '\{[a-z_]+:km\}', '([0-9]{1,12}[.][0-9][0-9])', 'g');
        pattern := regexp_replace(pattern, '\{[a-z_]+:day\}', '([0-9?-]+)', 'g');
        pattern := regexp_replace(pattern, '\{[a-z_]+:name\}', '([^;]*)', 'g');
        pattern := regexp_replace(pattern, '\{[a-z_]+:any\}', '([^.]*)', 'g');
        hit := regexp_match(rest, '^(' || pattern || ')(?: |$)');
        continue when hit is null;
        given := jsonb_build_object('code', s.code) || s.arguments;
        n := 1;
        for slot in select regexp_matches(s.template, '\{([a-z_]+):([a-z]+)\}', 'g') loop
          n := n + 1;
          given := given || case slot[2]
            when 'int' then jsonb_build_object(slot[1], hit[n]::numeric)
            when 'mb' then jsonb_build_object(slot[1], hit[n]::numeric * 1000000)
            when 'km' then jsonb_build_object(slot[1], hit[n]::numeric * 1000)
            when 'any' then '{}'
            else jsonb_build_object(slot[1], hit[n]) end;
        end loop;
        rest := substr(rest, length(hit[1]) + 2);
        exit;
      end loop;
      if given is null then
        given := jsonb_build_object('code', 'earlier', 'text', rest);
        rest := '';
      end if;
      codes := codes || jsonb_build_array(given);
    end loop;
    return codes;
  end;
  $$;

-- A row with its sentences as codes. What has codes already stays as it is.
create function row_with_codes(x jsonb) returns jsonb
  language plpgsql immutable parallel safe set search_path = public, pg_temp
  as $$
  declare
    key text;
    codes jsonb;
  begin
    if x ? 'message' then
      x := x - 'message' || jsonb_build_object('reasons', sentences_as_codes(x ->> 'message'));
    end if;
    foreach key in array '{warnings,caveats}'::text[] loop
      continue when jsonb_typeof(x -> key) is distinct from 'array';
      select coalesce(jsonb_agg(c.code order by e.n, c.n), '[]') into codes
        from jsonb_array_elements(x -> key) with ordinality e (said, n)
          cross join jsonb_array_elements(
            case jsonb_typeof(e.said) when 'string' then sentences_as_codes(e.said #>> '{}') else jsonb_build_array(e.said) end
          ) with ordinality c (code, n)
        where key = 'warnings' or c.code ->> 'code' is distinct from 'earlier';
      x := x || jsonb_build_object(key, codes);
    end loop;
    return x;
  end;
  $$;

revoke all on function reader_sentences(), sentences_as_codes(text), row_with_codes(jsonb) from public;
grant execute on function reader_sentences(), sentences_as_codes(text), row_with_codes(jsonb) to legwork_app;

-- squawk-ignore-file changing-column-type -- because nothing was released before this, so no older server reads them, and the time is said above
alter table import_files alter column message drop default;
alter table import_files
  alter column message type jsonb using sentences_as_codes(message),
  alter column message set default '[]';
-- squawk-ignore renaming-column -- because nothing was released before this, so no older server reads it
alter table import_files rename column message to reasons;

create function pg_temp.codes(key text, sentences text[]) returns jsonb[]
  language sql immutable
  return array(select jsonb_array_elements(row_with_codes(jsonb_build_object(key, sentences)) -> key));
alter table activities alter column caveats drop default;
alter table activities
  alter column warnings type jsonb[] using pg_temp.codes('warnings', warnings),
  alter column caveats type jsonb[] using pg_temp.codes('caveats', caveats),
  alter column caveats set default '{}';
-- squawk-ignore ban-drop-function -- because only this migration knows it
drop function pg_temp.codes(text, text[]);

create or replace function row_schema_version() returns int
  language sql immutable
  return 45;

create or replace function upgrade_row(kept text, x jsonb, written int) returns jsonb
  language sql immutable
  return case
    when written >= 45 or kept not in ('activities', 'athlete_thresholds', 'import_files') then x
    when written >= 39 then row_with_codes(x)
    when kept = 'activities' then row_with_codes(
      rename_keys(x, array['stale', 'metrics_stale', 'failed_version', 'failed_formula_version', 'thumb', 'route_preview', 'ascent_m', 'elevation_gain_m']))
    when kept = 'athlete_thresholds' then rename_keys(x, array['hr_rest', 'resting_hr'])
    else row_with_codes(rename_keys(x, array['about', 'metadata', 'upload', 'upload_key']))
  end;
