CREATE TABLE orders (id bigint PRIMARY KEY, owner text NOT NULL);
