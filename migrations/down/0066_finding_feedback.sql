drop function count_finding_feedback();
drop table finding_feedback;
delete from change_log where table_name = 'finding_feedback';
