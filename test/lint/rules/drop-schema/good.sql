DROP TABLE attic.notes;
DROP SCHEMA attic;
