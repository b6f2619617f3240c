-- here
DROP VIEW active_users;
