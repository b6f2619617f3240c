CREATE TABLE orders (id bigint PRIMARY KEY, day date NOT NULL, total bigint NOT NULL);
