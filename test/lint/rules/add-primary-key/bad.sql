-- here
ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY (id);
