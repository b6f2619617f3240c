-- here
SET LOCAL search_path = app;
CREATE TABLE orders (id uuid PRIMARY KEY);
