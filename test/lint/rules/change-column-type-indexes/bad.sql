SET LOCAL timezone = 'UTC';
-- here
ALTER TABLE events ALTER COLUMN at TYPE timestamptz;
