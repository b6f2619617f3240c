CREATE TABLE notes AS SELECT 1 AS id, 'x'::char(20) AS body;
