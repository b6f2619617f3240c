# shellcheck shell=bash disable=SC2154
# `embark adopt`: a database whose schema is there already.

# One to which somebody has applied the first two by hand.
migrated_by_hand() {
  new_database
  three_migrations
  psql -XAtq -f migrations/0001_users.sql -f migrations/0002_orders.sql
}
ledger() { sql "select string_agg(tag || ' ' || state, ', ' order by tag) from embark.migrations"; }

it_records_the_migrations_up_to_one() {
  migrated_by_hand
  embark migrate
  exits 4
  embark adopt --up-to 0002_orders --yes --reason 'was migrated by hand'
  exits 0
  is "summary" "2 migrations adopted" "$(cat "$out")"
  is "what was done" "adopted 0001_users
adopted 0002_orders" "$(cat "$err")"
  is "ledger" "0001_users adopted, 0002_orders adopted" "$(ledger)"
  is "audit" "adopt 0001_users was migrated by hand
adopt 0002_orders was migrated by hand" "$(sql "select op || ' ' || tag || ' ' || reason from embark.audit order by tag")"
  embark migrate
  exits 0
  is "the rest is run" "1 migration applied, 2 were there already" "$(cat "$out")"
  is "column" 1 "$(sql "select count(*) from pg_attribute where attrelid = 'orders'::regclass and attname = 'total'")"
}

it_records_all() {
  migrated_by_hand
  psql -XAtq -f migrations/0003_total.sql
  embark adopt --all --yes --json
  exits 0
  golden adopt.json "$out"
  embark migrate
  exits 0
  is "nothing to do" "up to date: 3 migrations" "$(cat "$out")"
  embark adopt --all --yes
  exits 0
  is "nothing to adopt" "nothing to adopt: no migration is pending" "$(cat "$out")"
}

it_shows_what_would_be_recorded() {
  migrated_by_hand
  embark adopt --up-to 0002_orders --dry-run
  exits 0
  golden adopt_dry_run.txt "$out"
  embark adopt --all --dry-run --json
  exits 0
  json "steps" '[["0001_users","0002_orders","0003_total"],[],true]' '[[.steps[].tag], .adopted, .dry_run]'
  is "nothing was written" "" "$(sql "select to_regclass('embark.migrations')")"
}

it_has_to_be_told_how_far() {
  migrated_by_hand
  embark adopt --yes
  exits 2
  matches "message" 'error: say which: --up-to TAG, or --all' "$(cat "$err")"
  embark adopt --all --up-to 0001_users --yes
  exits 2
  matches "message" 'error: --up-to and --all exclude each other' "$(cat "$err")"
}

it_asks_on_a_terminal() {
  migrated_by_hand
  on_a_terminal n embark adopt --up-to 0002_orders
  exits 1
  matches "shows" '^  0001_users   0001_users.sql$' "$(cat "$out")"
  matches "asks" "Record as applied, without running them, 2 migrations of database \"$PGDATABASE\"" "$(cat "$out")"
  is "nothing was written" "" "$(sql "select to_regclass('embark.migrations')")"
  on_a_terminal YES embark adopt --up-to 0002_orders
  exits 0
  is "ledger" "0001_users adopted, 0002_orders adopted" "$(ledger)"
}

it_needs_yes_without_a_terminal() {
  migrated_by_hand
  embark adopt --all
  exits 2
  matches "hint" 'HINT:  Give --yes' "$(cat "$err")"
}

it_cuts_a_long_list_in_a_question() {
  new_database
  local i
  for i in $(seq -w 1 30); do
    migration "00${i}_m" "select $i;"
  done
  on_a_terminal n embark adopt --all
  matches "the rest is counted" '^  \.\.\. and 10 more$' "$(cat "$out")"
  embark adopt --all --dry-run
  is "all are shown when asked for" 31 "$(wc -l <"$out")"
}

it_refuses_a_target_that_is_not_there() {
  migrated_by_hand
  embark adopt --up-to 0009_nothing --yes
  exits 2
  matches "message" 'error: .*0009_nothing' "$(cat "$err")"
  matches "hint" 'HINT:  embark status shows the tags' "$(cat "$err")"
}

it_may_not_write_where_the_role_may_not() {
  migrated_by_hand
  sql "create role reader login"
  embark adopt --all --yes -d "user=reader"
  exits 1
  lacks "names of the API" 'EMBARK_|embark_' "$(cat "$err")"
  is "nothing was written" "" "$(sql "select to_regclass('embark.migrations')")"
  sql "drop role reader"
}
