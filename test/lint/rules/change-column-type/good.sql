ALTER TABLE invoices ADD COLUMN long_id bigint;
