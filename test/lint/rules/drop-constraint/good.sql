ALTER TABLE orders
  DROP CONSTRAINT total_positive,
  ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
