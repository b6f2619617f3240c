-- embark: no-transaction

-- embark: repeatable
ALTER TABLE users ADD COLUMN IF NOT EXISTS name text;

-- embark: repeatable
UPDATE users SET name = first_name || ' ' || last_name WHERE name IS NULL;
