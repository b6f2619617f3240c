-- embark: no-transaction

-- here
CREATE TABLE audit_log (id bigint PRIMARY KEY, what text);
