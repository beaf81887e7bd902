drop function viewer_of_session(bytea, timestamptz, timestamptz);
revoke update (agent, last_seen_at) on sessions from legwork_app;
alter table sessions drop column id, drop column agent, drop column last_seen_at;
