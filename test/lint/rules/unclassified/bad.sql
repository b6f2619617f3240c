-- here
DO $$
BEGIN
  EXECUTE format('COMMENT ON TABLE %I IS %L', 'orders', 'What was ordered');
END
$$;
