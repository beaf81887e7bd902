drop function database_id();
drop table database_identity;
