ALTER TABLE users ADD COLUMN name text;
-- here
UPDATE users SET name = first_name || ' ' || last_name WHERE name IS NULL;
