alter table recomputes drop column activity_id, drop column attempts;
drop function own_ids(uuid, text, jsonb), own_id(uuid, uuid);
