# shellcheck shell=bash disable=SC2154,SC2030,SC2031 # of lib.sh; picture() has a database of its own
# `embark script`: what psql makes of it is what `embark migrate` makes.

# --- helpers -------------------------------------------------------------------------------------

# Variables that psql must not put into anybody's SQL; sets $status, $said, $complained.
run_script() { # FILE [OPTION...]
  local file=$1
  shift
  status=0
  PGAPPNAME=script psql -X -v n=BROKEN -v x=BROKEN -v users=BROKEN "$@" -f "$file" >"$work/said" 2>"$err" ||
    status=$?
  said=$(cat "$work/said")
  complained=$(cat "$err")
  in_time is_gone script
}

# A session has its locks for a moment longer than its psql lives.
is_gone() { # APPLICATION-NAME
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1'")" = 0 ]
}

make_script() { # [OPTION...]: ./script.sql
  embark script "$@"
  exits 0
  cp "$out" script.sql
}

ledger_rows() { # what does not differ from run to run
  case $(sql "SELECT (to_regclass('embark.migrations') IS NOT NULL)::int
    + 2 * (to_regclass('drizzle.__drizzle_migrations') IS NOT NULL)::int") in
  0) echo none ;;
  1) sql "SELECT component, tag, position, hash, chain, outline, when_ms, state, applied_by
      FROM embark.migrations ORDER BY component, position, tag" ;;
  *) sql "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id" ;;
  esac
}

progress_rows() {
  [ "$(sql "SELECT to_regclass('embark.progress') IS NULL")" = t ] ||
    sql "SELECT ledger, component, tag, state, statement, done, index_before IS NULL, changed_by, settled
      FROM embark.progress ORDER BY tag"
}

# All of a database but the times in the ledger, and oids.
picture() { # DATABASE
  (
    PGDATABASE=$1
    pg_dump -s | grep -Ev '^\\(un)?restrict '
    pg_dump -a --inserts -T embark.migrations -T embark.progress -T drizzle.__drizzle_migrations |
      grep -Ev '^\\(un)?restrict '
    ledger_rows
    progress_rows
  )
}

# What the script does to an empty database is what migrate does to another one; and twice is once.
is_as_migrate() { # [OPTION...] of both
  local scripted
  new_database
  scripted=$PGDATABASE
  make_script "$@"
  run_script script.sql
  is "psql's status" "0 " "$status $complained"
  picture "$scripted" >pictured
  run_script script.sql
  is "psql's status, again" "0 " "$status $complained"
  is "what the second time changes" "" "$(picture "$scripted" | diff pictured -)"
  matches "the second time says so" 'is in the ledger already' "$said"
  new_database
  embark migrate "$@"
  exits 0
  is "the same as migrate" "" "$(picture "$PGDATABASE" | diff pictured -)"
  export PGDATABASE=$scripted
  embark migrate "$@"
  exits 0
  matches "migrate has nothing to do" '^up to date' "$(cat "$out")"
  embark verify "$@"
  exits 0
}

# Statements of all kinds, and all that psql could take for its own.
all_kinds() {
  migration 0001_dollars <<'END'
create table users (id int primary key, name text);
create function f(n int) returns int language plpgsql as $f$
begin
  perform $$it's; "one" \if $$; -- don't
  return n; /* ; */
end; $f$;
do $$ begin insert into users values (1, 'a:n :x ; \q'); end $$;
END
  migration 0002_copy <<'END'
create table t (a text, b text);
copy t (a, b) from stdin;
it's	\\if "x" /* -- $$ :n
\\endif	$embark_data_1$ \N (
\.
copy t from stdin; -- nothing
\.
copy t from stdin with (format csv);
"a
;b",'c
\.
insert into t values ('after', 'it');
END
  printf 'copy t from stdin;\nlast\tline' >>migrations/0002_copy.sql
  migration 0003_bodies <<'END'
create function g(a int) returns int language sql begin atomic
  select case when a > 0 then 1 else 2 end; select a + 1;
end;
create rule r as on delete to users do also (insert into t values (':x', ';'); delete from t where a = 'x');
create function "begin"(out n int) language sql set search_path = begin as 'select 1; select 2';
create function h() returns int language sql as 'select 1';
END
  migration 0004_settings <<'END'
set search_path = pg_catalog;
set datestyle = 'SQL, DMY';
select set_config('work_mem', '1MB', false);
set client_encoding = 'LATIN1';
reset client_encoding;
set standard_conforming_strings = off;
set escape_string_warning = off;
insert into public.t values ('it\'s; :x', N'\\n''');
create table public.moment as select '01.02.2003'::date as d;
END
  migration 0005_after_settings <<'END'
create table here (d text default '\\');
insert into here select current_setting('datestyle') || current_setting('work_mem') || current_setting('search_path');
insert into here values ('\n');
END
  migration 0006_role <<'END'
set role cli_script_role;
create table theirs (id int);
END
  migration 0007_colons <<'END'
create table slices (a int[], n int default 1, j jsonb);
insert into slices values ('{1,2,3}', 2, '{"a": {"x": 1}}');
update slices set a[1:n] = '{7,8}', j = j #> '{a}' where 'x' <> U&'\0441' and E'a\'
' <> E'b'
  -- it's continued
  'c\'d; :x';
create view v as select a[n:3], j->'x'::text, a[:n] as head from slices where n::int = 1 or n ::int=2;
END
  migration 0008_nothing '-- nothing: it'"'"'s a comment $$'
  migration "0009_it's \"odd\" \\\\ :n" 'select 1; create table odd ();'
  migration 0010_outside <<'END'
-- embark: no-transaction
set search_path = public;
create index concurrently users_name on users (name);
begin;
insert into users values (2, 'in a block');
savepoint s;
insert into users values (3, 'rolled back');
rollback to savepoint s;
commit;
copy t from stdin;
it's	outside
\.
set role cli_script_role;
vacuum theirs;
create table also_theirs (n int);
END
  migration 0011_deferred <<'END'
alter table users add unique (name) deferrable initially deferred;
update users set name = 'x:n' where id = 1;
END
}

# A role that may make tables in every database that is new from now on.
with_role() {
  psql -XAtq -d template1 -c "CREATE ROLE cli_script_role" \
    -c "GRANT CREATE, USAGE ON SCHEMA public TO cli_script_role"
}

# --- the same as migrate -------------------------------------------------------------------------

it_makes_what_migrate_makes() {
  three_migrations
  is_as_migrate
}

it_makes_of_all_kinds_of_statements_what_migrate_makes() {
  with_role
  all_kinds
  is_as_migrate
  psql -XAtq -d template1 -c "REVOKE ALL ON SCHEMA public FROM cli_script_role"
}

it_makes_of_the_sample_what_migrate_makes() {
  cp -R "$root/migrations" .
  is_as_migrate
}

it_makes_every_kind_of_ledger() {
  three_migrations
  is_as_migrate --ledger drizzle
  is_as_migrate --ledger drizzle-tag
  is_as_migrate --component shop
}

it_makes_a_ledger_of_another_name() {
  three_migrations
  new_database
  make_script --ledger-table 'Deep down.the ledger'
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark migrate --ledger-table 'Deep down.the ledger'
  exits 0
  matches "up to date" '^up to date' "$(cat "$out")"
}

# --- what it holds -------------------------------------------------------------------------------

it_holds_what_is_pending() {
  three_migrations
  new_database
  embark migrate --to 0001_users
  make_script
  lacks "what is applied" '^create table users' "$(cat script.sql)"
  matches "how many" '^-- contains   2 of 3 migrations, which were pending' "$(cat script.sql)"
  run_script script.sql
  is "status" "0 " "$status $complained"
  is "applied by the script" "embark: 0002_orders applied
embark: 0003_total applied
embark: done" "$said"
}

it_goes_as_far_as_it_is_told() {
  three_migrations
  new_database
  make_script --to 0002_orders
  cp script.sql first.sql
  make_script --to 0002_orders --offline
  is "the same migrations, offline" "$(grep '^create' first.sql)" "$(grep '^create' script.sql)"
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark status --json
  json "states" '["applied","applied","pending"]' '[.migrations[].state]'
  embark script --offline --to 0009_none
  exits 2
  matches "what it says" 'no migration "0009_none"' "$(cat "$err")"
}

it_can_come_from_standard_input() {
  migration 0001_copy <<'END'
create table t (a text);
copy t from stdin;
it's
\.
END
  migration 0002_more 'insert into t values (2);'
  new_database
  make_script
  for _ in once twice; do
    status=0
    psql -X <script.sql >/dev/null 2>"$err" || status=$?
    is "status" "0 " "$status $(cat "$err")"
  done
  is "rows" "it's 2" "$(sql "SELECT string_agg(a, ' ' ORDER BY a DESC) FROM t")"
}

it_says_that_nothing_is_pending() {
  three_migrations
  new_database
  embark migrate
  make_script
  run_script script.sql
  is "what it does" "0 embark: nothing is pending" "$status $said"
}

it_is_the_same_twice() {
  three_migrations
  new_database
  make_script
  cp script.sql first.sql
  make_script
  is "the second one" "" "$(diff first.sql script.sql)"
  make_script --offline
  lacks "dates" '20[0-9][0-9]-[0-9]' "$(cat script.sql)"
}

it_is_in_the_document() {
  three_migrations
  new_database
  make_script
  embark script --json
  exits 0
  json "the tags" '["0001_users","0002_orders","0003_total"]' .migrations
  jq -j .script "$out" >other.sql
  is "the script" "" "$(diff script.sql other.sql)"
  jq '.script = "SCRIPT"' "$out" >document
  golden script.json document
  sed 's/by embark [0-9.]*/by embark VERSION/' script.sql >text
  golden script.sql text
  embark script --json --offline --to 0001_users
  json "offline" 'true ["0001_users"]' '"\(.offline) \(.migrations)"'
}

it_needs_no_database_offline() {
  three_migrations
  PGHOST=/nonexistent embark script --offline
  exits 0
  PGHOST=/nonexistent embark script
  exits 6
}

it_says_the_timeouts() {
  migration 0001_a 'select 1;'
  migration 0002_b '-- embark: lock-timeout 7s
-- embark: statement-timeout none
select 2;'
  new_database
  make_script --offline --lock-timeout 2s --statement-timeout 1min
  matches "by option" '^SET LOCAL lock_timeout = 2000; SET LOCAL statement_timeout = 60000;' "$(cat script.sql)"
  matches "by directive" '^SET LOCAL lock_timeout = 7000; SET LOCAL statement_timeout = 0;' "$(cat script.sql)"
}

# --- where it stops ------------------------------------------------------------------------------

it_passes_over_what_was_applied_meanwhile() {
  three_migrations
  new_database
  make_script --offline
  embark migrate --to 0002_orders
  run_script script.sql
  is "status" "0 " "$status $complained"
  is "what it does" "embark: 0001_users is in the ledger already
embark: 0002_orders is in the ledger already
embark: 0003_total applied
embark: done" "$said"
  embark verify
  exits 0
}

it_stops_at_the_first_error_and_goes_on_from_there() {
  three_migrations
  migration 0002_orders 'create table orders (id int); select 1 / (select count(*) from users);'
  new_database
  make_script
  run_script script.sql
  is "status" 3 "$status"
  matches "the server's words" 'division by zero' "$complained"
  is "tables" "users" "$(sql "SELECT string_agg(relname, ' ') FROM pg_stat_user_tables WHERE schemaname = 'public'")"
  sql "INSERT INTO users VALUES (1, 'x')"
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark verify
  exits 0
}

holds_the_lock() { # of embark.migrations, by a session that is idle
  coproc PGAPPNAME=holder psql -XAtq
  lock_holder=$COPROC_PID # the variable is gone when the process is
  echo "SELECT pg_advisory_lock($1); SELECT 'held';" >&"${COPROC[1]}"
  local answer=
  while [ "$answer" != held ]; do
    read -r -t 180 answer <&"${COPROC[0]}" || return 1
  done
}

it_stops_where_another_session_migrates() {
  three_migrations
  migration 0004_outside '-- embark: no-transaction
vacuum users;'
  local key
  new_database
  embark migrate --to 0003_total
  make_script
  key=$(grep -o 'advisory_lock([-0-9]*)' script.sql | grep -o '[-0-9]*' | head -n 1)
  holds_the_lock "$key"
  run_script script.sql
  is "status" 3 "$status"
  matches "what it says" 'embark: another session is migrating; nothing is wrong' "$complained"
  sed 's/NOT pg_catalog.pg_try_advisory_xact_lock([-0-9]*)/false/' script.sql >late.sql
  run_script late.sql
  is "status, of the lock of the session" 3 "$status"
  matches "what it says" 'embark: another session is migrating; nothing is wrong' "$complained"
  is "nothing was begun" 0 "$(sql "SELECT count(*) FROM embark.progress")"
  embark migrate --lock-wait 0
  exits 5
  echo '\q' >&"${COPROC[1]}"
  wait "$lock_holder"
  in_time is_gone holder
  run_script script.sql
  is "status" "0 " "$status $complained"
  is "locks that are left" 0 "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")"
}

it_refuses_to_run_inside_a_transaction() {
  three_migrations
  new_database
  make_script
  run_script script.sql -1
  is "status" 3 "$status"
  matches "what it says" 'run it without psql -1' "$complained"
  is "tables" 0 "$(sql "SELECT count(*) FROM pg_stat_user_tables")"
}

it_is_not_written_over_drift() {
  three_migrations
  new_database
  embark migrate --to 0002_orders
  migration 0001_users 'create table people (id int);'
  embark script
  exits 4
  is "on standard output" "" "$(cat "$out")"
  matches "what it says" '"0001_users" was changed after it was applied' "$(cat "$err")"
  embark script --json
  exits 4
  json "the code" EMBARK_E_CHANGED .error.code
}

it_finds_drift_when_it_is_run() {
  local ledger
  for ledger in native drizzle; do
    three_migrations
    new_database
    embark migrate --ledger $ledger --to 0002_orders
    embark script --ledger $ledger
    cp "$out" good.sql
    migration 0001_users 'create table people (id int);'
    embark script --ledger $ledger --offline
    run_script "$out"
    is "$ledger: status" 3 "$status"
    matches "$ledger: changed" 'migration "0001_users" was changed after it was applied' "$complained"
    run_script good.sql
    is "$ledger: what was written before knows the old one" "0 " "$status $complained"
    rm -r migrations
  done
}

it_finds_a_hole_in_history() {
  three_migrations
  new_database
  embark migrate --to 0002_orders
  make_script
  embark script --offline
  cp "$out" offline.sql
  sql "DELETE FROM embark.migrations WHERE tag = '0001_users'"
  run_script script.sql
  is "status" 3 "$status"
  matches "pending ones" 'the ledger does not have "0001_users", which this script supposes' "$complained"
  run_script offline.sql
  is "status" 3 "$status"
  matches "all" 'migration "0001_users" is pending, but a later one is applied' "$complained"
}

it_finds_migrations_of_strangers() {
  three_migrations
  new_database
  make_script
  embark migrate --to 0002_orders
  sql "UPDATE embark.migrations SET tag = '0002_stranger' WHERE tag = '0002_orders'"
  run_script script.sql
  is "status" 3 "$status"
  matches "what it says" 'the database has migration "0002_stranger", which this script does not know' "$complained"
}

it_refuses_a_database_with_tables_and_no_ledger() {
  three_migrations
  new_database
  sql "CREATE TABLE theirs ()"
  embark script
  exits 4
  make_script --offline
  run_script script.sql
  is "status" 3 "$status"
  matches "what it says" 'has tables, but no ledger' "$complained"
  is "nothing was made" theirs "$(sql "SELECT string_agg(relname, ' ') FROM pg_stat_user_tables")"
}

it_refuses_a_view_in_the_ledgers_place() {
  three_migrations
  new_database
  embark migrate --to 0001_users
  make_script
  sql "ALTER TABLE embark.migrations RENAME TO m; CREATE VIEW embark.migrations AS SELECT * FROM embark.m"
  run_script script.sql
  is "status" 3 "$status"
  matches "what it says" 'cannot be trusted as a ledger' "$complained"
}

it_applies_late_ones_and_gives_places_anew() {
  three_migrations
  rm migrations/0001_users.sql migrations/0002_orders.sql
  migration 0003_total 'create table total ();'
  new_database
  embark migrate
  three_migrations
  migration 0003_total 'create table total ();'
  embark script
  exits 4
  make_script --out-of-order
  run_script script.sql
  is "status" "0 " "$status $complained"
  is "places" "0 0001_users,1 0002_orders,2 0003_total" \
    "$(sql "SELECT string_agg(position || ' ' || tag, ',' ORDER BY position) FROM embark.migrations")"
  embark verify
  exits 0
  embark migrate
  matches "in one look" '^up to date: 3 migrations' "$(cat "$out")"
}

# --- without a transaction -----------------------------------------------------------------------

an_outside_one() {
  migration 0001_users 'create table users (id int, name text);'
  migration 0002_outside <<'END'
-- embark: no-transaction
create table one (id int);
set search_path = public;
create table two (id int default 1 / (select count(*) from generate_series(1, 0)));
vacuum users;
END
}

it_notes_where_it_was_interrupted() {
  an_outside_one
  sed -i 's/^create table two.*/select 1 \/ count(*) from users;/' migrations/0002_outside.sql
  new_database
  make_script
  run_script script.sql
  is "status" 3 "$status"
  matches "the server's words" 'division by zero' "$complained"
  is "progress" "0002_outside running 3" "$(sql "SELECT concat_ws(' ', tag, state, statement) FROM embark.progress")"
  run_script script.sql
  is "a second time: status" 3 "$status"
  matches "is not silent" 'embark: statement 3 of "0002_outside" was interrupted' "$complained"
  embark migrate
  exits 4
  sql "INSERT INTO users VALUES (1, 'x')"
  embark migrate
  exits 4
}

it_goes_on_where_somebody_says() {
  it_notes_where_it_was_interrupted
  sql "UPDATE embark.progress SET state = 'again' WHERE tag = '0002_outside'"
  run_script script.sql
  is "status" "0 " "$status $complained"
  is "what it does" "embark: 0001_users is in the ledger already
embark: 0002_outside applied
embark: done" "$(grep '^embark' <<<"$said")"
  is "once" 1 "$(sql "SELECT count(*) FROM pg_class WHERE relname = 'one'")"
  embark verify
  exits 0
}

it_goes_on_behind_what_is_done() {
  it_notes_where_it_was_interrupted
  sql "UPDATE embark.progress SET state = 'done' WHERE tag = '0002_outside'; DELETE FROM users"
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark verify
  exits 0
}

it_repeats_what_may_be_repeated() {
  an_outside_one
  sed -i 's/^create table two.*/vacuum nothing_there;/' migrations/0002_outside.sql
  new_database
  make_script
  run_script script.sql
  is "status" 3 "$status"
  sql "CREATE TABLE nothing_there ()"
  run_script script.sql
  is "status" "0 " "$status $complained"
  embark verify
  exits 0
}

it_finds_a_begun_one_that_was_changed() {
  it_notes_where_it_was_interrupted
  sql "UPDATE embark.progress SET state = 'again' WHERE tag = '0002_outside'"
  sed -i 's/^create table one.*/create table uno ();/' migrations/0002_outside.sql
  embark script --offline
  run_script "$out"
  is "status" 3 "$status"
  matches "what it says" '"0002_outside" was changed after it was begun' "$complained"
}

it_is_taken_up_by_migrate() {
  an_outside_one
  sed -i 's/^create table two.*/create index concurrently names on users (nme);/' migrations/0002_outside.sql
  new_database
  make_script
  run_script script.sql
  is "status" 3 "$status"
  sql "ALTER TABLE users ADD COLUMN nme text"
  embark migrate
  exits 0
  embark verify
  exits 0
}
