CREATE TABLE kept_sessions (LIKE sessions INCLUDING ALL);
