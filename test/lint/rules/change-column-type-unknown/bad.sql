-- here
ALTER TABLE notes ALTER COLUMN body TYPE text;
