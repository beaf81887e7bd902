delete from home_zones where removed_at is not null;
drop trigger hide_older_zone on home_zones;
drop function hide_older_zone();
-- The version before hides the radius alone: a quarter of it away from the place, as it would have moved the middle itself.
update home_zones set
  latitude_deg = least(greatest(latitude_deg - shift_north_m * (1 - radius_m / 4 / sqrt(shift_north_m ^ 2 + shift_east_m ^ 2)) / 111195, -90), 90),
  longitude_deg = least(greatest(longitude_deg - shift_east_m * (1 - radius_m / 4 / sqrt(shift_north_m ^ 2 + shift_east_m ^ 2))
    / (111195 * greatest(cos(radians(latitude_deg)), 0.01)), -180), 180);
alter table home_zones drop column removed_at;
alter table home_zones drop column everything;
alter table home_zones drop column shift_east_m;
alter table home_zones drop column shift_north_m;
alter table home_zones drop column hidden_m;
