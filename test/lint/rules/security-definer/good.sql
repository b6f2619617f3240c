CREATE FUNCTION order_count() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS 'BEGIN RETURN (SELECT count(*) FROM public.orders); END';
