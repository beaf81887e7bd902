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
-- up to half the radius, nobody knows where to. It is moved by that much more now, and so much more is hidden. Zones about one place, less
-- than 1500 m from each other (`ALIKE_M`), are moved alike: two circles would cross at the door.
create function hide_older_zone() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  declare
    -- The random bits of a version 4 UUID come from the strong generator; `random()` does not.
    turn double precision := ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 2 * pi();
    metres double precision := 570 + new.radius_m / 2 + ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0 * 80;
  begin
    select shift_north_m, shift_east_m into new.shift_north_m, new.shift_east_m
      from (
        select z.id, z.shift_north_m, z.shift_east_m,
            sqrt((new.latitude_deg - spot.latitude_deg) ^ 2
              + ((east - 360 * floor((east + 180) / 360)) * cos(radians(new.latitude_deg))) ^ 2) * 111195 as metres_off
          from home_zones z
            cross join lateral (
              select z.latitude_deg - z.shift_north_m / 111195 as latitude_deg,
                new.longitude_deg - z.longitude_deg + z.shift_east_m / (111195 * greatest(cos(radians(z.latitude_deg)), 0.01)) as east
            ) spot
          where z.athlete_id = new.athlete_id and z.id <> new.id and z.shift_north_m is not null
      ) others
      where metres_off < 1500 order by metres_off, id limit 1;
    if not found then
      new.shift_north_m := metres * cos(turn);
      new.shift_east_m := metres * sin(turn);
    end if;
    metres := sqrt(new.shift_north_m ^ 2 + new.shift_east_m ^ 2);
    new.latitude_deg := least(greatest(new.latitude_deg + new.shift_north_m / 111195, -90), 90);
    new.longitude_deg := new.longitude_deg + new.shift_east_m / (111195 * greatest(cos(radians(new.latitude_deg)), 0.01));
    new.longitude_deg := new.longitude_deg - 360 * floor((new.longitude_deg + 180) / 360);
    -- All of the zone, wherever in it the old middle is, and no word of how far it was moved: a shift that is longer than this zone alone
    -- would have had one goes in steps of 250 m.
    new.hidden_m := 1.5 * new.radius_m + 50
      + case when metres <= 650 + new.radius_m / 2 + 1e-6 then 650 + new.radius_m / 2 else ceil(metres / 250) * 250 end;
    return new;
  end;
  $$;
revoke all on function hide_older_zone() from public;
create trigger hide_older_zone before insert or update on home_zones for each row when (new.hidden_m is null) execute function hide_older_zone();
-- The largest first: its shift is long enough for the others.
do $$
  declare
    older uuid;
  begin
    for older in select id from home_zones order by radius_m desc, created_at, id loop
      update home_zones set name = name where id = older;
    end loop;
  end;
$$;
