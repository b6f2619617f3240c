ALTER TYPE mood ADD VALUE 'calm';
CREATE TABLE people (id bigint PRIMARY KEY, feels mood NOT NULL DEFAULT 'happy');
