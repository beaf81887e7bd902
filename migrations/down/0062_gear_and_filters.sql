drop table bulk_edits;
drop table saved_filters;
drop index activities_gear;
drop table gear;
delete from change_log where table_name = 'gear';
