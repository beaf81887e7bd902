alter table discovery_reports alter column report type jsonb using report::jsonb;
