-- here
CREATE TABLE prices (id uuid PRIMARY KEY, amount money NOT NULL);
