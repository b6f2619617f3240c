-- here
CREATE TABLE visits (id uuid PRIMARY KEY, at timestamp NOT NULL DEFAULT now());
