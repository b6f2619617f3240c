# shellcheck shell=bash disable=SC2154
# What to do next is said in the command's words, not in those of the library's API.

advises() { # PATTERN: the hint of the last run has it, and names nothing of the API
  matches "hint" "^HINT:  .*$1" "$(cat "$err")"
  lacks "names of the API" 'EMBARK_|embark_|_ms\b|conninfo' "$(grep '^HINT' "$err")"
}

it_advises_to_adopt_a_database_that_has_tables() {
  new_database
  three_migrations
  sql "create table old ()"
  embark migrate
  exits 4
  advises 'record its migrations without running them: embark adopt --all, or embark adopt --up-to TAG for the first'
}

it_advises_about_a_late_migration() {
  new_database
  three_migrations
  embark migrate
  migration 0000_before 'create table before_ ();'
  embark migrate
  exits 4
  advises 'or give --out-of-order to apply it late'
  embark migrate --out-of-order
  exits 0
}

it_advises_about_another_order() {
  new_database
  three_migrations
  embark migrate
  mv migrations/0001_users.sql migrations/0004_users.sql
  sql "update embark.migrations set tag = '0004_users' where tag = '0001_users'"
  embark migrate
  exits 4
  advises 'or give --out-of-order if the order does not matter'
}

it_advises_about_a_changed_file() {
  new_database
  three_migrations
  embark migrate
  echo '-- a comment' >>migrations/0002_orders.sql
  embark migrate
  exits 4
  advises 'If the change does no harm: embark accept 0002_orders --reason WHY'
}

it_advises_about_pending_ones() {
  new_database
  three_migrations
  embark verify
  exits 3
  advises 'embark migrate'
}

it_advises_about_a_lock_that_another_migrator_has() {
  new_database
  migration 0001_slow 'select pg_sleep(600);'
  start "$build/embark" migrate 2>"$work/null"
  in_time is_at 'select pg_sleep%'
  embark migrate --lock-wait 0
  exits 5
  advises '--lock-wait sets how long to wait'
  kill -TERM "$pid"
  ended
}

it_advises_about_a_table_that_is_locked() {
  new_database
  migration 0001_a 'create table a ();'
  embark migrate
  migration 0002_b 'alter table a add column b int;'
  start psql -XAtqc "begin; lock table a; select pg_sleep(600)" 2>"$work/null"
  in_time has_table_lock
  embark migrate --lock-timeout 1ms
  exits 5
  advises 'or with a longer --lock-timeout'
}
has_table_lock() { [ "$(sql "select count(*) from pg_locks where relation = 'a'::regclass and granted")" = 1 ]; }
