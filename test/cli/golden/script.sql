-- Migrations for psql, written by embark VERSION
--
-- bundle     64585a89f56da93ce0b8c9176691f813a426e268c15770b5060c0eec36b55792
-- ledger     "embark"."migrations", component main
-- contains   3 of 3 migrations, which were pending
--
-- Run it as  psql -X -f FILE [CONNECTION]  and not inside a transaction (psql -1), nor
-- through a pooler that hands out connections by transaction.
--
-- Each migration is one transaction together with its row in the ledger, under the lock that
-- embark itself takes. What the ledger has already is passed over: to run the script twice,
-- or again after an error, is no harm. psql stops at the first error, with status 3.
--
-- \g ends a statement as ; does. \; and \: are ; and : that psql shall not take for its own.

\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set SINGLELINE off
\set FETCH_COUNT 0
\set QUIET on
\encoding UTF8
SET standard_conforming_strings = on \g

-- a setting that lasts as long as a transaction is seen by the next statement only inside one
SELECT pg_catalog.set_config('embark.block', 'open', true) AS embark_ignored \gset
SELECT CASE WHEN pg_catalog.current_setting('embark.block', true) OPERATOR(pg_catalog.=) 'open'
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'this script has transactions of its own: run it without psql -1, and outside of a transaction'))) ELSE 0 END AS embark_ignored \gset

-- the session as it is, to put back what migrations change
SELECT session_user AS embark_user, pg_catalog.current_setting('role') AS embark_role,
  COALESCE(pg_catalog.array_agg(s.name)::pg_catalog.text, '{}') AS embark_names, COALESCE(pg_catalog.array_agg(s.setting)::pg_catalog.text, '{}') AS embark_values
  FROM pg_catalog.pg_settings AS s WHERE s.source OPERATOR(pg_catalog.=) 'session'
  AND s.name OPERATOR(pg_catalog.<>) ALL ('{client_encoding,transaction_isolation,transaction_read_only,transaction_deferrable}'::pg_catalog.text[]) \gset

-- the ledger, where it is missing
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \g
SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 0;
SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT CASE WHEN pg_catalog.current_setting('server_version_num') OPERATOR(pg_catalog.>=) '170000' THEN pg_catalog.set_config('transaction_timeout', '0', 'true') END AS embark_ignored \gset
SELECT CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock(-7581280206742538100)
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'another session is migrating; nothing is wrong, run this script again when it is through'))) ELSE 0 END AS embark_ignored \gset
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE (c.relkind OPERATOR(pg_catalog.=) 'r' OR c.relkind OPERATOR(pg_catalog.=) 'p') AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
  AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{pg_catalog,information_schema,pg_toast}'::pg_catalog.name[])
  AND c.oid OPERATOR(pg_catalog.<>) ALL (ARRAY[COALESCE(pg_catalog.to_regclass('"embark"."progress"')::pg_catalog.oid, 0::pg_catalog.oid), COALESCE(pg_catalog.to_regclass('"embark"."audit"')::pg_catalog.oid, 0::pg_catalog.oid)])
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype OPERATOR(pg_catalog.=) 'e' AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.classid OPERATOR(pg_catalog.=) c.tableoid)) AS embark_has_tables \gset
SELECT pg_catalog.to_regnamespace('"embark"') IS NULL AS embark_is_new \gset
\if :embark_is_new
CREATE SCHEMA "embark";
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.oid OPERATOR(pg_catalog.=) pg_catalog.to_regnamespace('"embark"')::pg_catalog.oid
    AND n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(false)))
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the schema ', '"embark"', ' would become part of the search_path, and tables of the migrations would land in it: choose another one for the ledger'))) ELSE 0 END AS embark_ignored \gset
\endif
SELECT pg_catalog.to_regclass('"embark"."migrations"') IS NULL AS embark_is_new \gset
\if :embark_is_new
\if :embark_has_tables
SELECT pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the database has tables, but no ledger of migrations: take it over with embark adopt, or use an empty database'))) \gset embark_
\endif
CREATE TABLE "embark"."migrations" (component pg_catalog.text COLLATE pg_catalog."C" NOT NULL, tag pg_catalog.text COLLATE pg_catalog."C" NOT NULL, "position" pg_catalog.int4 NOT NULL, hash pg_catalog.text COLLATE pg_catalog."C" NOT NULL, chain pg_catalog.text COLLATE pg_catalog."C" NOT NULL, outline pg_catalog.text COLLATE pg_catalog."C", when_ms pg_catalog.int8 NOT NULL, state pg_catalog.text COLLATE pg_catalog."C" NOT NULL, applied_at pg_catalog.timestamptz NOT NULL, applied_by pg_catalog.text NOT NULL, duration pg_catalog.interval NOT NULL, PRIMARY KEY (component, tag));
CREATE INDEX ON "embark"."migrations" (component, "position");
\endif
COMMIT;

-- is history what this script supposes
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"embark"."migrations"')::pg_catalog.oid
    AND (c.relkind OPERATOR(pg_catalog.<>) 'r' OR pg_catalog.row_security_active(c.oid)
    OR EXISTS (SELECT FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid)
    OR EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid)))
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', '"embark"."migrations"', ' cannot be trusted as a ledger: it is no ordinary table, or has a rule, a trigger or row-level security'))) ELSE 0 END AS embark_ignored \gset
WITH known (number, is_step, tag, when_ms, hashes) AS (VALUES
  (0, true, '0001_users'::pg_catalog.text, '0'::pg_catalog.int8, '{d0744adea60e4d87dd79a01c61934a38f71ebd9830534e80e8b09052b074433e}'::pg_catalog.text[]),
  (1, true, '0002_orders', '0', '{16d2213d37df9181dd2e11ef34a60ae768c014f6a5a95302afae7839268365f5}'),
  (2, true, '0003_total', '0', '{2378b151ffe3f1b6400316d88e201a921a29299124ef3a4e4170d8c270299383}')),
found AS (SELECT k.number, k.is_step, k.tag,
  EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag) AS is_there,
  EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag AND m.hash OPERATOR(pg_catalog.<>) ALL (k.hashes)) AS is_changed FROM known AS k),
stranger AS (SELECT m.tag AS name FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND NOT EXISTS (SELECT FROM known AS k WHERE k.tag OPERATOR(pg_catalog.=) m.tag)),
place AS (SELECT COALESCE(pg_catalog.max(f.number) FILTER (WHERE f.is_there), -1) AS newest, COALESCE(pg_catalog.max(f.number) FILTER (WHERE f.is_step AND NOT f.is_there), -1) AS last
  FROM found AS f)
SELECT CASE
  WHEN (SELECT f.tag FROM found AS f WHERE f.is_changed ORDER BY f.number LIMIT 1) IS NOT NULL
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'migration "', (SELECT f.tag FROM found AS f WHERE f.is_changed ORDER BY f.number LIMIT 1), '" was changed after it was applied; embark verify says how')))
  WHEN place.last OPERATOR(pg_catalog.<) 0 THEN 0
  WHEN (SELECT f.tag FROM found AS f WHERE f.is_step AND NOT f.is_there AND f.number OPERATOR(pg_catalog.<) place.newest ORDER BY f.number LIMIT 1) IS NOT NULL
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'migration "', (SELECT f.tag FROM found AS f WHERE f.is_step AND NOT f.is_there AND f.number OPERATOR(pg_catalog.<) place.newest ORDER BY f.number LIMIT 1), '" is pending, but a later one is applied')))
  WHEN (SELECT f.tag FROM found AS f WHERE NOT f.is_step AND NOT f.is_there AND f.number OPERATOR(pg_catalog.<) place.last ORDER BY f.number LIMIT 1) IS NOT NULL
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger does not have "', (SELECT f.tag FROM found AS f WHERE NOT f.is_step AND NOT f.is_there AND f.number OPERATOR(pg_catalog.<) place.last ORDER BY f.number LIMIT 1), '", which this script supposes')))
  WHEN EXISTS (SELECT FROM stranger)
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the database has migration "', (SELECT s.name FROM stranger AS s LIMIT 1), '", which this script does not know')))
  ELSE 0 END AS embark_ignored FROM place \gset

-- 0001_users (0001_users.sql)
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \g
SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 0;
SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT CASE WHEN pg_catalog.current_setting('server_version_num') OPERATOR(pg_catalog.>=) '170000' THEN pg_catalog.set_config('transaction_timeout', '0', 'true') END AS embark_ignored \gset
SELECT CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock(-7581280206742538100)
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'another session is migrating; nothing is wrong, run this script again when it is through'))) ELSE 0 END AS embark_ignored \gset
SELECT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag)
  AND NOT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag AND m.hash OPERATOR(pg_catalog.<>) ALL (k.hashes)) AS embark_has
  FROM (VALUES (0, true, '0001_users'::pg_catalog.text, '0'::pg_catalog.int8, '{d0744adea60e4d87dd79a01c61934a38f71ebd9830534e80e8b09052b074433e}'::pg_catalog.text[])) AS k (number, is_step, tag, when_ms, hashes) \gset
\if :embark_has
\echo 'embark: 0001_users is in the ledger already'
ROLLBACK;
\else
create table users (id int primary key, name text not null);
WITH w AS (INSERT INTO "embark"."migrations" (component, tag, "position", hash, chain, outline, when_ms, state, applied_at, applied_by, duration)
  VALUES ('main', '0001_users', '0', 'd0744adea60e4d87dd79a01c61934a38f71ebd9830534e80e8b09052b074433e',
  '54c52c4132d4113f343dd3707049e2420d5446faececdab46c7ed6f988805965', '3e13bb09507702b53e13bb09507702b5', '0',
  'applied', pg_catalog.clock_timestamp(), session_user, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp()) RETURNING *)
SELECT CASE WHEN NOT EXISTS (SELECT FROM w WHERE w.component OPERATOR(pg_catalog.=) 'main' AND w.tag OPERATOR(pg_catalog.=) '0001_users' AND w.hash OPERATOR(pg_catalog.=) 'd0744adea60e4d87dd79a01c61934a38f71ebd9830534e80e8b09052b074433e')
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger did not take the row'))) ELSE 0 END AS embark_ignored \gset
COMMIT;
\echo 'embark: 0001_users applied'
\endif

-- 0002_orders (0002_orders.sql)
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \g
SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 0;
SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT CASE WHEN pg_catalog.current_setting('server_version_num') OPERATOR(pg_catalog.>=) '170000' THEN pg_catalog.set_config('transaction_timeout', '0', 'true') END AS embark_ignored \gset
SELECT CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock(-7581280206742538100)
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'another session is migrating; nothing is wrong, run this script again when it is through'))) ELSE 0 END AS embark_ignored \gset
SELECT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag)
  AND NOT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag AND m.hash OPERATOR(pg_catalog.<>) ALL (k.hashes)) AS embark_has
  FROM (VALUES (1, true, '0002_orders'::pg_catalog.text, '0'::pg_catalog.int8, '{16d2213d37df9181dd2e11ef34a60ae768c014f6a5a95302afae7839268365f5}'::pg_catalog.text[])) AS k (number, is_step, tag, when_ms, hashes) \gset
\if :embark_has
\echo 'embark: 0002_orders is in the ledger already'
ROLLBACK;
\else
SELECT CASE WHEN NOT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) '0001_users')
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger does not have "', '0001_users', '", which comes before'))) ELSE 0 END AS embark_ignored \gset
create table orders (id int primary key, user_id int references users);
create index orders_user on orders (user_id);
WITH w AS (INSERT INTO "embark"."migrations" (component, tag, "position", hash, chain, outline, when_ms, state, applied_at, applied_by, duration)
  VALUES ('main', '0002_orders', '1', '16d2213d37df9181dd2e11ef34a60ae768c014f6a5a95302afae7839268365f5',
  '467fd25103bc8caa2383b32446ba94aed38a90672d1022be4fcaab384e284726', '7357c488086890867357c48808689086', '0',
  'applied', pg_catalog.clock_timestamp(), session_user, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp()) RETURNING *)
SELECT CASE WHEN NOT EXISTS (SELECT FROM w WHERE w.component OPERATOR(pg_catalog.=) 'main' AND w.tag OPERATOR(pg_catalog.=) '0002_orders' AND w.hash OPERATOR(pg_catalog.=) '16d2213d37df9181dd2e11ef34a60ae768c014f6a5a95302afae7839268365f5')
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger did not take the row'))) ELSE 0 END AS embark_ignored \gset
COMMIT;
\echo 'embark: 0002_orders applied'
\endif

-- 0003_total (0003_total.sql)
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \g
SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 0;
SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT CASE WHEN pg_catalog.current_setting('server_version_num') OPERATOR(pg_catalog.>=) '170000' THEN pg_catalog.set_config('transaction_timeout', '0', 'true') END AS embark_ignored \gset
SELECT CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock(-7581280206742538100)
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'another session is migrating; nothing is wrong, run this script again when it is through'))) ELSE 0 END AS embark_ignored \gset
SELECT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag)
  AND NOT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) k.tag AND m.hash OPERATOR(pg_catalog.<>) ALL (k.hashes)) AS embark_has
  FROM (VALUES (2, true, '0003_total'::pg_catalog.text, '0'::pg_catalog.int8, '{2378b151ffe3f1b6400316d88e201a921a29299124ef3a4e4170d8c270299383}'::pg_catalog.text[])) AS k (number, is_step, tag, when_ms, hashes) \gset
\if :embark_has
\echo 'embark: 0003_total is in the ledger already'
ROLLBACK;
\else
SELECT CASE WHEN NOT EXISTS (SELECT FROM "embark"."migrations" AS m WHERE m.component OPERATOR(pg_catalog.=) 'main' AND m.tag OPERATOR(pg_catalog.=) '0002_orders')
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger does not have "', '0002_orders', '", which comes before'))) ELSE 0 END AS embark_ignored \gset
alter table orders add column total numeric;
WITH w AS (INSERT INTO "embark"."migrations" (component, tag, "position", hash, chain, outline, when_ms, state, applied_at, applied_by, duration)
  VALUES ('main', '0003_total', '2', '2378b151ffe3f1b6400316d88e201a921a29299124ef3a4e4170d8c270299383',
  '3803b8d61936f240facf2d0bff46de5301996bafc942301f79e5ed51a1b7d293', '978a3a45263b4a5d978a3a45263b4a5d', '0',
  'applied', pg_catalog.clock_timestamp(), session_user, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp()) RETURNING *)
SELECT CASE WHEN NOT EXISTS (SELECT FROM w WHERE w.component OPERATOR(pg_catalog.=) 'main' AND w.tag OPERATOR(pg_catalog.=) '0003_total' AND w.hash OPERATOR(pg_catalog.=) '2378b151ffe3f1b6400316d88e201a921a29299124ef3a4e4170d8c270299383')
  THEN pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('embark: ', 'the ledger did not take the row'))) ELSE 0 END AS embark_ignored \gset
COMMIT;
\echo 'embark: 0003_total applied'
\endif

\echo 'embark: done'
