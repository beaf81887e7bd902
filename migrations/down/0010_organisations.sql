-- The policies go with the function that they ask.
drop function members_of(uuid);
drop function own_role(uuid) cascade;
drop function take_invitation(bytea, timestamptz);
drop function found_organisation(uuid, text, timestamptz);
drop table invitations;
drop table memberships;
drop table organisations;
drop function keep_an_owner();
