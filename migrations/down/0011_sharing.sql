drop table home_zones;
drop table sharing;
