COMMENT ON TABLE legacy_orders IS 'unused; to be dropped in the next release';
