ALTER TYPE mood ADD VALUE 'calm';
-- here
CREATE TABLE people (id bigint PRIMARY KEY, feels mood NOT NULL DEFAULT 'calm');
