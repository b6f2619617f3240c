-- What it costs to change a column from one type to another: 'rewrite', 'indexes', 'nothing'; NULL when the
-- server does not change the one to the other, or no index tells whether it is built anew.
CREATE FUNCTION pg_temp.cost(old text, sample text, new text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  rows_before oid;
  index_before oid;
  result text;
BEGIN
  EXECUTE format('CREATE TABLE changed (a %s)', old);
  EXECUTE format('INSERT INTO changed VALUES (%L)', sample);
  BEGIN
    CREATE INDEX changed_a ON changed (a);
  EXCEPTION WHEN OTHERS THEN
    NULL; -- the type has no order
  END;
  rows_before := pg_relation_filenode('changed');
  index_before := pg_relation_filenode(to_regclass('changed_a'));
  BEGIN
    EXECUTE format('ALTER TABLE changed ALTER a TYPE %s', new);
  EXCEPTION WHEN OTHERS THEN
    EXECUTE format('ALTER TABLE changed ALTER a TYPE %s USING a::%1$s', new);
  END;
  result := CASE
    WHEN pg_relation_filenode('changed') <> rows_before THEN 'rewrite'
    WHEN pg_relation_filenode(to_regclass('changed_a')) <> index_before THEN 'indexes'
    WHEN index_before IS NOT NULL THEN 'nothing'
  END;
  DROP TABLE changed;
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL; -- and the table is gone
END $$;
