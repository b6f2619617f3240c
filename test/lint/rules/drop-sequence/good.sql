COMMENT ON SEQUENCE ticket_numbers IS 'unused; to be dropped in the next release';
