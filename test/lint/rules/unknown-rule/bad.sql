SELECT 1;

-- here
-- embark: allow type-jsno: kept byte for byte as it came
CREATE TABLE letters (id bigint PRIMARY KEY, body json);
