ALTER TABLE notes ADD COLUMN body_text text;
