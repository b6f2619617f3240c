-- here
DO $$
BEGIN
  EXECUTE format('CREATE TABLE %I (id bigint PRIMARY KEY)', 'orders');
END
$$;
