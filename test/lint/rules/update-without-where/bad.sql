-- here
UPDATE users SET active = true;
