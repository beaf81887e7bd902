drop table table_presets;
