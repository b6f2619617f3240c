CREATE TABLE users (id bigint PRIMARY KEY, name text, active boolean);
CREATE VIEW active_users AS SELECT * FROM users WHERE active;
