CREATE EXTENSION citext;
CREATE TABLE people (id bigint PRIMARY KEY, name citext);
