-- here
DELETE FROM sessions;
