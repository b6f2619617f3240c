-- here
ALTER TABLE invoices ALTER COLUMN id TYPE bigint;
