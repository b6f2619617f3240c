-- here
CREATE FUNCTION order_count() RETURNS bigint
LANGUAGE sql SECURITY DEFINER
AS 'SELECT count(*) FROM orders';
