-- What a migration has made in the end: one line for each column, constraint, index, trigger, policy and type.
WITH relation AS (
  SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relpersistence, c.relrowsecurity
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
SELECT concat_ws(' ', 'relation', name, relkind, relpersistence, relrowsecurity) AS line
FROM relation WHERE relkind <> 'i'
UNION ALL
SELECT concat_ws(' ', 'column', r.name, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
FROM relation AS r
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind NOT IN ('i', 'I', 'S')
UNION ALL
SELECT concat_ws(' ', 'constraint', r.name, c.conname, pg_get_constraintdef(c.oid))
FROM relation AS r JOIN pg_constraint AS c ON c.conrelid = r.oid AND c.contype <> 'n'
UNION ALL
SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
FROM relation AS r JOIN pg_index AS i ON i.indexrelid = r.oid
UNION ALL
SELECT concat_ws(' ', 'trigger', r.name, pg_get_triggerdef(t.oid), t.tgenabled)
FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT concat_ws(' ', 'policy', r.name, p.polname)
FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
UNION ALL
SELECT concat_ws(' ', 'type', t.typname, t.typtype,
  (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid))
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY line
