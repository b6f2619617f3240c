-- here
ALTER TABLE users ADD COLUMN language text NOT NULL;
