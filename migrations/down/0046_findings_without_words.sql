-- An older version computes its reports again, too.
delete from discovery_reports;
