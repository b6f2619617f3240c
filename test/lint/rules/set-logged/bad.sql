-- here
ALTER TABLE sessions SET LOGGED;
