ALTER TABLE carts ADD COLUMN currency text;
ALTER TABLE orders ADD COLUMN currency text;
-- here
ALTER TABLE invoices ADD COLUMN currency text;
