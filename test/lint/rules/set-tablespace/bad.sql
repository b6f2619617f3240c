-- here
ALTER TABLE events SET TABLESPACE fast;
