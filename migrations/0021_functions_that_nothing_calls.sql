-- Functions that later ones replaced and that no released server calls any more:
-- `viewer_of_session`, of two arguments (0001) and of three (0006), and `session_viewer` (0007): `viewer_by_session` (0014) does it;
-- `token_viewer` (0007): `viewer_by_token` (0014);
-- `request_own_export`, `request_own_deletion` (0008), `request_own_emptying` (0009): `request_own_job` (0012);
-- `forget_own_jobs` (0008, 0009): `forget_own_job` (0012).
-- Locks nothing: a function is dropped between two calls of it.

-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function viewer_of_session(bytea, timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function viewer_of_session(bytea, timestamptz, timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function session_viewer(bytea, timestamptz, timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function token_viewer(bytea, timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function request_own_export(uuid);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function request_own_deletion(timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function request_own_emptying(timestamptz);
-- squawk-ignore ban-drop-function -- nothing calls it since the release before
drop function forget_own_jobs(boolean);
