-- embark: no-transaction

CREATE UNIQUE INDEX CONCURRENTLY visits_pkey ON visits (id);
ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY USING INDEX visits_pkey;
