SET LOCAL session_replication_role = replica;
UPDATE orders SET total = 0 WHERE total IS NULL;
