CREATE TABLE visits (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
