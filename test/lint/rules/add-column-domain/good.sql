ALTER TABLE users ADD COLUMN contact text;
ALTER TABLE users ADD CONSTRAINT contact_form CHECK (contact LIKE '%@%') NOT VALID;
