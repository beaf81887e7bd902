drop function request_own_export(uuid);
drop function request_own_deletion(timestamptz);
drop function forget_own_jobs(boolean);
drop table consents;
drop table exports;
alter table activities alter constraint activities_merged_into_fkey not deferrable;
alter table activities alter constraint activities_split_from_fkey not deferrable;
