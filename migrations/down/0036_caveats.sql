alter table activities drop column caveats;
