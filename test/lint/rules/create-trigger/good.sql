ALTER TABLE orders ALTER COLUMN changed_at SET DEFAULT now();
