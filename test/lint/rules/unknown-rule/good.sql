SELECT 1;

-- embark: allow drop-column: nothing has read it since 2.3
ALTER TABLE users DROP COLUMN nick;
