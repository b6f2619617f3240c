-- embark: no-transaction

DROP INDEX CONCURRENTLY events_at_idx;
BEGIN;
SET LOCAL timezone = 'UTC';
ALTER TABLE events ALTER COLUMN at TYPE timestamptz;
COMMIT;
CREATE INDEX CONCURRENTLY events_at_idx ON events (at);
