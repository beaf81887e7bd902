-- Whether a browser is known is answered by `count_known_device_attempt`; nothing calls the function from before. It compared addresses as they
-- are written, for which there is no index, and so read all accounts.
-- Locks nothing: a function is dropped.
-- squawk-ignore ban-drop-function -- because nothing was released before this, so no older server calls it
drop function is_known_device(text, bytea);
