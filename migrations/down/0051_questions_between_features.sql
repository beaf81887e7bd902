drop function is_undone_import(uuid);
drop function share_nothing();
