-- embark: no-transaction

-- embark: repeatable
UPDATE users SET active = true WHERE id BETWEEN 1 AND 10000 AND active IS NULL;

-- embark: repeatable
UPDATE users SET active = true WHERE id BETWEEN 10001 AND 20000 AND active IS NULL;
