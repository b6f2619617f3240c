CREATE FUNCTION order_total(bigint) RETURNS numeric LANGUAGE sql AS 'SELECT total_of($1)';
