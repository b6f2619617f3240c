COMMENT ON TABLE logs_2024 IS 'to be detached once nobody looks for 2024';
