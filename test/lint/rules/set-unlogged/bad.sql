-- here
ALTER TABLE sessions SET UNLOGGED;
