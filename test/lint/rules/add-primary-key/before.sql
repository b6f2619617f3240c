CREATE TABLE visits (id bigint NOT NULL, page text);
