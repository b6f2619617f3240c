-- embark: no-transaction

-- embark: repeatable
ALTER TABLE carts ADD COLUMN IF NOT EXISTS currency text;

-- embark: repeatable
ALTER TABLE orders ADD COLUMN IF NOT EXISTS currency text;

-- embark: repeatable
ALTER TABLE invoices ADD COLUMN IF NOT EXISTS currency text;
