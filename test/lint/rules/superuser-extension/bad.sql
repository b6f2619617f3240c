-- here
CREATE EXTENSION IF NOT EXISTS pg_buffercache;
