-- here
TRUNCATE sessions;
