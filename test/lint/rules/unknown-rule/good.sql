SELECT 1;

-- embark: allow type-json: kept byte for byte as it came
CREATE TABLE letters (id bigint PRIMARY KEY, body json);
