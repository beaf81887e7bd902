drop function leave_organisations();
