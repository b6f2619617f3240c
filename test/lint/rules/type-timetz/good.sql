CREATE TABLE shifts (id uuid PRIMARY KEY, begins_at timestamptz NOT NULL);
