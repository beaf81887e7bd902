alter table discovery_reports drop column top;
