CREATE TABLE users (id bigint PRIMARY KEY, name text, fax text NOT NULL);
