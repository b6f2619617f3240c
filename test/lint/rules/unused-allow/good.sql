SELECT 1;

CREATE TABLE letters (id bigint PRIMARY KEY, body text);
