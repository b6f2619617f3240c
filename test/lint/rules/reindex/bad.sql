-- here
REINDEX TABLE users;
