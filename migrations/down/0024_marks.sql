update activities a set split_from = null where a.split_from is not null and not exists (select from activities f where f.id = a.split_from);
alter table activities add constraint activities_split_from_fkey
  foreign key (split_from) references activities on delete set null deferrable initially immediate;
drop trigger ask_edited on activities;
drop trigger ask_marked on activities;
drop trigger ask_inserted on activities;
drop trigger mark_dated on accounts;
drop trigger mark_scored on athlete_values;
drop trigger mark_whole_updated on activities;
drop trigger mark_whole_deleted on activities;
drop trigger mark_whole_inserted on activities;
drop trigger mark_edited on activities;
drop function ask_to_compute_anew();
drop function mark_dated();
drop function mark_scored();
drop function mark_whole();
drop function mark_edited();
