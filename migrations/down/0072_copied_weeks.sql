alter table planned_sessions drop column copy_id;
