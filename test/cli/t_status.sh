# shellcheck shell=bash disable=SC2154
# embark status: every migration of the folder and of the ledger.

# One of each kind, but for what takes an interruption.
all_kinds() {
  new_database
  three_migrations
  migration 0004_gone 'create table gone ();'
  migration 0005_here 'create table here ();'
  embark migrate
  migration 0002_orders '-- edited'
  rm migrations/0004_gone.sql
  sql "UPDATE embark.migrations SET state = 'adopted' WHERE tag = '0003_total';
    UPDATE embark.migrations SET duration = '12 ms'" # columns are as wide as what is in them
  migration 0000_late 'create table late ();'
  migration 0006_next 'create table next ();'
}

it_lists_all_kinds() {
  all_kinds
  embark status
  exits 0
  golden status.out "$out"
}

it_makes_a_document_of_all_kinds() {
  all_kinds
  embark status --json
  exits 0
  golden status.json "$out"
}

it_lists_what_is_pending_in_an_empty_database() {
  new_database
  three_migrations
  embark status
  exits 0
  matches "summary" '^3 pending$' "$(cat "$out")"
}

it_has_exit_codes_for_who_asks() {
  new_database
  three_migrations
  embark status --exit-code
  exits 3
  embark migrate
  embark status --exit-code
  exits 0
  migration 0001_users '-- edited'
  embark status --exit-code
  exits 4
  embark status
  exits 0
}

it_shows_one_that_was_interrupted() {
  new_database
  migration 0001_steps <<'END'
-- embark: no-transaction
create table t (a int);
select 1 / (select count(*) from t);
END
  embark migrate
  embark status
  exits 0
  matches "where" '^running +0001_steps .*at statement 2 of 2, begun by process [0-9]+$' "$(cat "$out")"
  embark status --json
  json "where" '["running",2]' '[.migrations[0].state, .migrations[0].statement]'
  embark status --exit-code
  exits 3
}

it_shows_what_the_folder_does_not_know() {
  new_database
  three_migrations
  embark migrate
  rm migrations/0003_total.sql
  embark status
  exits 0
  matches "unknown" '^unknown +0003_total .*the database is ahead' "$(cat "$out")"
  embark status --exit-code
  exits 0
  embark status --json
  json "ahead" true .ahead
}

it_knows_a_drizzle_ledger() {
  new_database
  embark migrate --dir "$root/migrations"
  embark status --dir "$root/migrations"
  exits 0
  matches "applied" '^applied +0000_init$' "$(cat "$out")"
  matches "summary" '^8 applied$' "$(cat "$out")"
}

it_says_which_database_it_is() {
  new_database
  three_migrations
  embark status -v
  exits 0
  matches "where from" "^embark: database \"$PGDATABASE\" as \"owner\" .*libpq" "$(cat "$err")"
}

it_prints_no_colour_into_a_file() {
  all_kinds
  embark status
  lacks "escape" "$(printf '\033')" "$(cat "$out")"
}

it_cuts_nothing_in_a_file() {
  new_database
  long=0001_$(printf 'long_%.0s' {1..20})
  migration "$long" 'select 1;'
  embark status
  matches "whole" "^pending  $long\$" "$(cat "$out")"
}
