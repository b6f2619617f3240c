SELECT 1;

-- here
-- embark: allow drop-column: nothing has read it since 2.3
ALTER TABLE users ADD COLUMN name text;
