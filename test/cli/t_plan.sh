# shellcheck shell=bash disable=SC2154
# embark plan: what would run and why; nothing is written and nobody is waited for.

it_lists_what_would_run() {
  new_database
  three_migrations
  embark migrate --single
  migration 0004_index <<'END'
-- embark: no-transaction
create index concurrently orders_total on orders (total);
END
  embark plan
  exits 0
  golden plan.out "$out"
  is "nothing was applied" 1 "$(sql 'SELECT count(*) FROM embark.migrations')"
}

it_makes_a_document_of_the_plan() {
  new_database
  three_migrations
  embark plan --json
  exits 0
  golden plan.json "$out"
}

it_changes_nothing_in_an_empty_database() {
  new_database
  three_migrations
  embark plan
  exits 0
  is "no schema was made" 0 "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'embark'")"
}

it_ends_with_3_if_asked_to() {
  new_database
  three_migrations
  embark plan --exit-code
  exits 3
  embark migrate
  embark plan --exit-code
  exits 0
  is "nothing to do" "nothing to do" "$(cat "$out")"
}

it_stops_at_the_target() {
  new_database
  three_migrations
  embark plan --to 0002_orders
  exits 0
  matches "what stays" '^2 migrations would be applied, 1 would stay pending$' "$(cat "$out")"
  embark plan --single --json
  json "one step" '[["0001_users"],2]' '[[.steps[].tag], .left]'
}

it_is_what_a_dry_run_says() {
  new_database
  three_migrations
  embark plan
  cp "$out" "$work/plan"
  embark migrate --dry-run
  exits 0
  is "the same" "$(cat "$work/plan")" "$(cat "$out")"
  embark migrate --dry-run --json
  json "the same document" plan .command
  is "nothing was applied" "" "$(sql "SELECT to_regclass('users')")"
}

it_says_why_a_late_one_runs() {
  new_database
  three_migrations
  embark migrate
  migration 0000_before 'create table before_them ();'
  embark plan
  exits 4
  embark plan --out-of-order
  exits 0
  matches "late" '0000_before .*late: older than an applied one' "$(cat "$out")"
}

it_says_what_was_interrupted() {
  new_database
  migration 0001_steps <<'END'
-- embark: no-transaction
create table t (a int);
select 1 / (select count(*) from t);
END
  embark migrate
  exits 1
  embark plan
  matches "interrupted" '0001_steps .*interrupted at statement 2' "$(cat "$out")"
  embark plan --json
  json "where" '["interrupted",2]' '[.steps[0].why, .steps[0].statement]'
}

it_needs_no_more_than_to_read_the_ledger() {
  new_database
  three_migrations
  embark migrate --to 0002_orders
  sql "CREATE ROLE cli_reader LOGIN;
    GRANT USAGE ON SCHEMA embark TO cli_reader;
    GRANT SELECT ON embark.migrations TO cli_reader"
  PGUSER=cli_reader embark plan
  exits 0
  matches "the plan" '0003_total' "$(cat "$out")"
  PGUSER=cli_reader embark status
  exits 0
  PGUSER=cli_reader embark verify
  exits 3
  sql 'DROP OWNED BY cli_reader; DROP ROLE cli_reader'
}

it_waits_for_nobody() {
  new_database
  three_migrations
  embark migrate --to 0001_users
  hold 'LOCK TABLE users'
  start_embark migrate --lock-timeout none
  in_time is_at 'create table orders%' Lock
  cp "$err" "$work/err.migrate"
  "$build/embark" plan >"$work/plan" 2>&1
  is "exit status" 0 $?
  matches "the plan" '0002_orders' "$(cat "$work/plan")"
  release
  wait_for_embark
  exits 0
}
