-- What a zone hides is a larger circle about another middle: the edge of what is hidden no longer points at the place itself.
-- Locks: `home_zones` for as long as it takes to write each of its few rows once.

alter table home_zones
  -- Metres around the middle of what is hidden, which `latitude_deg` and `longitude_deg` are.
  add column hidden_m double precision,
  -- From the place itself to that middle. A secret, and the same for zones about one place, so that two of them give nothing to compare.
  add column shift_north_m double precision,
  add column shift_east_m double precision,
  -- Whether what only passes is hidden inside, too.
  add column everything boolean,
  -- A removed zone is kept for its shift.
  add column removed_at timestamptz;
grant update (removed_at) on home_zones to legwork_app;

-- Zones that were made before, that a server of the version before still makes, or that an older archive brings: their middle was moved by
-- up to half the radius, nobody knows where to. It is moved by that much more now, and so much more is hidden.
create function hide_older_zone() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  declare
    -- The random bits of a version 4 UUID come from the strong generator; `random()` does not.
    turn double precision := ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 2 * pi();
    metres double precision := 570 + new.radius_m / 2 + ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 80;
  begin
    new.shift_north_m := metres * cos(turn);
    new.shift_east_m := metres * sin(turn);
    new.latitude_deg := least(greatest(new.latitude_deg + new.shift_north_m / 111195, -90), 90);
    new.longitude_deg := new.longitude_deg + new.shift_east_m / (111195 * greatest(cos(radians(new.latitude_deg)), 0.01));
    new.longitude_deg := new.longitude_deg - 360 * floor((new.longitude_deg + 180) / 360);
    new.hidden_m := 2 * new.radius_m + 700;
    return new;
  end;
  $$;
revoke all on function hide_older_zone() from public;
create trigger hide_older_zone before insert or update on home_zones for each row when (new.hidden_m is null) execute function hide_older_zone();
update home_zones set name = name;
