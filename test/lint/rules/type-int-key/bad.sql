-- here
CREATE TABLE orders (id serial PRIMARY KEY, placed_at timestamptz NOT NULL);
