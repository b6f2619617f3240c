CREATE DOMAIN email AS text;
CREATE TABLE people (id bigint PRIMARY KEY, address email);
INSERT INTO people SELECT n, n || '@example.org' FROM generate_series(1, 100) AS n;
