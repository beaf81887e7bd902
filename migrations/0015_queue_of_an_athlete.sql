-- The worker takes one athlete's files in turn: with many athletes importing, the queue of all is long.
-- Locks writes to `import_files` while it is read once: about a second for two million lines, of which only the queued go in.

-- squawk-ignore require-concurrent-index-creation -- building beside others would wait for servers that wait for this migration's lock
create index import_files_queue on import_files (athlete_id, created_at, id) where outcome = 'queued';
