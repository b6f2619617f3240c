CREATE SCHEMA archive;
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
