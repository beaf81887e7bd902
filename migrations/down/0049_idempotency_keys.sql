-- Requests that are sent again after this are done again.
drop table idempotency_keys;
