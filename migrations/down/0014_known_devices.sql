drop function viewer_by_token(bytea, timestamptz);
drop function viewer_by_session(bytea, timestamptz, timestamptz);
drop function device_is_known(text, bytea);
alter table sessions drop column place;
drop table known_devices;
