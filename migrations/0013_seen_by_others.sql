-- What somebody sees of an athlete: the question that comes before the server reads anything of theirs for somebody else.
-- Locks nothing that was there before.

-- Whether the viewer trains the athlete: coach or owner of an organisation that the athlete is in.
create function coaches(athlete uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (
      select from memberships m join memberships own on own.organisation_id = m.organisation_id
      where m.account_id = athlete and own.account_id = viewer() and own.role in ('coach', 'business_owner'));
  end;

-- No row unless the athlete shows their training to the viewer; then who they are, and what is shown beside.
create function shown_by(athlete uuid) returns table (name text, synthetic boolean, coached boolean, map boolean, heart_rate boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    with them as (
      select a.name, a.synthetic, s.training, s.map, s.heart_rate, coaches(athlete) as coached from sharing s join accounts a on a.id = s.athlete_id
      where s.athlete_id = athlete)
    select t.name, t.synthetic, t.coached, t.map = 'everybody' or (t.map = 'organisation' and t.coached),
      t.heart_rate = 'everybody' or (t.heart_rate = 'organisation' and t.coached)
    from them t where t.training = 'everybody' or (t.training = 'organisation' and t.coached);
  end;

-- The same, asked with an activity.
create function activity_shown_by(activity uuid) returns table (athlete uuid, name text, synthetic boolean, map boolean, heart_rate boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.athlete_id, s.name, s.synthetic, s.map, s.heart_rate from activities a cross join lateral shown_by(a.athlete_id) s
    where a.id = activity and a.merged_into is null;
  end;

do $$
declare
  f text;
begin
  foreach f in array array['coaches(uuid)', 'shown_by(uuid)', 'activity_shown_by(uuid)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to legwork_app', f);
  end loop;
end $$;
