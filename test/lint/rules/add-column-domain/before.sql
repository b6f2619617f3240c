CREATE DOMAIN email AS text CHECK (value LIKE '%@%');
CREATE TABLE users (id bigint PRIMARY KEY, name text);
