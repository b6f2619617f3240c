-- here
DROP SCHEMA attic CASCADE;
