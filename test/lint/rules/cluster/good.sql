-- embark: no-transaction

CREATE INDEX CONCURRENTLY orders_day_idx ON orders (day) INCLUDE (total);
