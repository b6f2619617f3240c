SELECT 1;

-- here
-- embark: allow drop-columns: nothing has read it since 2.3
ALTER TABLE users DROP COLUMN nick;
