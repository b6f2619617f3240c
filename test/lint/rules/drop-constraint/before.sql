CREATE TABLE orders (id bigint PRIMARY KEY, total numeric,
  CONSTRAINT total_positive CHECK (total > 0));
