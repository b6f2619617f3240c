CREATE UNLOGGED TABLE sessions (id bigint PRIMARY KEY, body text);
