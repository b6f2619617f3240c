CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
INSERT INTO users SELECT generate_series(1, 40);
INSERT INTO orders SELECT n, n FROM generate_series(1, 40) AS n;
