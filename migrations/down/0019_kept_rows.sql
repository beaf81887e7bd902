alter table bin drop column schema;
drop function brought_up(jsonb, int);
drop function column_defaults(text);
drop function raised(text, jsonb, int);
drop function kept_schema();
