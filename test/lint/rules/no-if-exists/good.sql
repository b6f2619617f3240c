-- embark: no-transaction

CREATE TABLE IF NOT EXISTS audit_log (id bigint PRIMARY KEY, what text);
