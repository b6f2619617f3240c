CREATE TYPE mood AS ENUM ('fine', 'tired');
CREATE TABLE posts (id bigint PRIMARY KEY, mood mood);
