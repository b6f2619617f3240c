-- here
ALTER TABLE users DROP COLUMN fax;
