CREATE SCHEMA attic;
CREATE TABLE attic.notes (id bigint PRIMARY KEY, body text);
