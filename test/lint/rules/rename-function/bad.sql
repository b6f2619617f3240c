-- here
ALTER FUNCTION total_of(bigint) RENAME TO order_total;
