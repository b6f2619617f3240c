CREATE TABLE new_bookings (LIKE bookings INCLUDING ALL, EXCLUDE USING gist (during WITH &&));
