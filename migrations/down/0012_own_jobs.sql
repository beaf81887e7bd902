drop function request_own_job(text, timestamptz);
drop function forget_own_job(text);
drop function own_job_key(text);
