-- here
CREATE FUNCTION order_count() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
AS 'BEGIN RETURN (SELECT count(*) FROM orders); END';
