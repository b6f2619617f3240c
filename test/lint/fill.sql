-- Puts twenty rows into every table that has none, so that work on it can be seen. Tables that others
-- refer to get theirs first; a row that a constraint refuses is left out. Fails when a table stays empty:
-- then its example has to bring rows of its own.

-- A value for a column of that type, as an expression over $1, the row's number.
CREATE FUNCTION pg_temp.value_for(kind oid, typmod int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t pg_type;
  spelled text := format_type(kind, typmod);
BEGIN
  SELECT * INTO t FROM pg_type WHERE oid = kind;
  WHILE t.typtype = 'd' LOOP
    SELECT * INTO t FROM pg_type WHERE oid = t.typbasetype;
  END LOOP;
  RETURN CASE
    WHEN t.typtype = 'e' THEN
      format('(enum_range(NULL::%s))[1 + $1 %% cardinality(enum_range(NULL::%1$s))]', spelled)
    WHEN t.typname IN ('json', 'jsonb') THEN format('jsonb_build_object(''n'', $1)::%s', spelled)
    WHEN t.typname = 'uuid' THEN format('gen_random_uuid()::%s', spelled)
    WHEN t.typname = 'bytea' THEN format('decode(lpad(to_hex($1), 8, ''0''), ''hex'')::%s', spelled)
    WHEN t.typname = 'tsvector' THEN format('to_tsvector(''simple'', $1::text)::%s', spelled)
    WHEN t.typname IN ('inet', 'cidr') THEN format('(''10.0.0.'' || $1)::%s', spelled)
    WHEN t.typname = 'money' THEN format('$1::numeric::%s', spelled)
    WHEN t.typcategory = 'A' THEN format('''{}''::%s', spelled)
    WHEN t.typcategory = 'B' THEN format('($1 %% 2 = 0)::%s', spelled)
    WHEN t.typcategory = 'D' THEN
      format('(timestamptz ''2020-01-01 00:00+00'' + $1 * interval ''4 months'')::%s', spelled)
    WHEN t.typcategory = 'N' THEN format('$1::%s', spelled)
    WHEN t.typcategory = 'R' THEN format('''empty''::%s', spelled)
    WHEN t.typcategory = 'S' THEN format('$1::text::%s', spelled)
    WHEN t.typcategory = 'T' THEN format('($1 * interval ''1 day'')::%s', spelled)
    ELSE 'NULL'
  END;
END $$;

-- The same for one that refers to another table: one of the values there.
CREATE FUNCTION pg_temp.value_of(tab oid, col int2) RETURNS text LANGUAGE sql AS $$
  SELECT CASE
    WHEN f.confrelid = tab THEN 'NULL'
    ELSE format('(SELECT %I FROM %s ORDER BY ctid LIMIT 1 OFFSET $1 %% greatest(1, (SELECT count(*) FROM %2$s)))',
      a.attname, f.confrelid::regclass)
  END
  FROM pg_constraint AS f
  JOIN pg_attribute AS a
    ON a.attrelid = f.confrelid AND a.attnum = f.confkey[array_position(f.conkey, col)]
  WHERE f.conrelid = tab AND f.contype = 'f' AND col = ANY (f.conkey)
  LIMIT 1
$$;

CREATE FUNCTION pg_temp.insert_into(tab oid) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN count(*) = 0 THEN format('INSERT INTO %s DEFAULT VALUES', tab::regclass)
    ELSE format('INSERT INTO %s (%s) SELECT %s', tab::regclass, string_agg(quote_ident(attname), ', '),
      string_agg(coalesce(pg_temp.value_of(tab, attnum), pg_temp.value_for(atttypid, atttypmod)), ', '))
    END
  FROM pg_attribute
  WHERE attrelid = tab AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
    AND NOT (atthasdef AND attnotnull)
$$;

CREATE FUNCTION pg_temp.is_empty(tab oid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', tab::regclass) INTO found;
  RETURN found;
END $$;

-- Returns why the last row that was refused was.
CREATE FUNCTION pg_temp.fill(tab oid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  insertion text := pg_temp.insert_into(tab);
  refusal text;
BEGIN
  FOR number IN 1..20 LOOP
    BEGIN
      EXECUTE insertion USING number;
    EXCEPTION WHEN OTHERS THEN
      refusal := SQLERRM; -- another row may do
    END;
  END LOOP;
  RETURN refusal;
END $$;

DO $$
DECLARE
  tables oid[] := ARRAY(
    SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid);
  tab oid;
  view text;
  refusal text;
BEGIN
  FOR round IN 1..3 LOOP
    FOREACH tab IN ARRAY tables LOOP
      IF pg_temp.is_empty(tab) THEN
        refusal := pg_temp.fill(tab);
      END IF;
    END LOOP;
  END LOOP;
  FOREACH tab IN ARRAY tables LOOP
    IF pg_temp.is_empty(tab) THEN
      RAISE EXCEPTION 'table % takes no made-up row, so before.sql has to bring some', tab::regclass
        USING DETAIL = refusal;
    END IF;
  END LOOP;
  FOR view IN SELECT format('%I.%I', schemaname, matviewname) FROM pg_matviews LOOP
    EXECUTE 'REFRESH MATERIALIZED VIEW ' || view;
  END LOOP;
END $$;

DROP FUNCTION pg_temp.fill, pg_temp.is_empty, pg_temp.insert_into, pg_temp.value_of, pg_temp.value_for;
