drop function uploads_in_use(text[]);
drop function athletes_with_files_due(boolean, timestamptz);
drop index import_files_upload;
alter table import_files drop column held_until, drop column held_by, drop column archive;
