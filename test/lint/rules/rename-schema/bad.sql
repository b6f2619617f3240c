-- here
ALTER SCHEMA shop RENAME TO sales;
