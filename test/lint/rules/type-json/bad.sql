-- here
CREATE TABLE events (id uuid PRIMARY KEY, payload json NOT NULL);
