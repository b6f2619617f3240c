-- here
CREATE TABLE shifts (id uuid PRIMARY KEY, begins time with time zone NOT NULL);
