alter table activity_efforts drop column year;
