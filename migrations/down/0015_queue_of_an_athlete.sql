drop index import_files_queue;
