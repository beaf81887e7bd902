drop function activity_shown_by(uuid);
drop function shown_by(uuid);
drop function coaches(uuid);
