CREATE TABLE prices (id uuid PRIMARY KEY, amount numeric(12, 2) NOT NULL, currency text NOT NULL);
