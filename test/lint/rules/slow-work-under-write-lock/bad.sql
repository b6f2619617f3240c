CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
-- here
UPDATE customers SET visits = 0 WHERE visits IS NULL;
