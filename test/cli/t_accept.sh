# shellcheck shell=bash disable=SC2154
# `embark accept`: a migration that was edited after it was applied.

edited() {
  new_database
  three_migrations
  embark migrate
  echo '-- reviewed' >>migrations/0002_orders.sql
  echo '-- reviewed, too' >>migrations/0003_total.sql
}
changed() { "$build/embark" status --json </dev/null | jq -rc '[.migrations[] | select(.state == "changed").tag]'; }

it_accepts_one() {
  edited
  embark accept 0002_orders --reason 'a comment' --yes
  exits 0
  is "summary" "1 migration accepted" "$(cat "$out")"
  is "the other one is left" '["0003_total"]' "$(changed)"
  is "audit" "accept 0002_orders a comment t" \
    "$(sql "select op || ' ' || tag || ' ' || reason from embark.audit") $(sql "select hash_before <> hash_after from embark.audit")"
}

it_accepts_all() {
  edited
  embark accept --all --reason 'comments' --yes --json
  exits 0
  golden accept.json "$out"
  is "none is left" '[]' "$(changed)"
  embark verify
  exits 0
  embark accept --all --reason 'comments' --yes
  exits 0
  is "nothing to accept" "nothing to accept: no file has changed" "$(cat "$out")"
}

it_shows_both_hashes() {
  edited
  embark accept 0002_orders --dry-run
  exits 0
  golden accept_dry_run.txt "$out"
  is "nothing is done" '["0002_orders","0003_total"]' "$(changed)"
  embark accept --all --dry-run --json
  exits 0
  json "old and new" '[true,true]' '[.steps[] | .ledger_hash != .hash]'
}

it_asks_on_a_terminal() {
  edited
  on_a_terminal n "embark accept 0002_orders --reason comment"
  exits 1
  matches "shows the old one" '^    recorded  [0-9a-f]{64}$' "$(cat "$out")"
  matches "shows the new one" '^    now       [0-9a-f]{64}$' "$(cat "$out")"
  matches "asks" "Accept 1 migration of database \"$PGDATABASE\"" "$(cat "$out")"
  is "nothing is done" '["0002_orders","0003_total"]' "$(changed)"
  on_a_terminal y "embark accept 0002_orders --reason comment"
  exits 0
  is "done" '["0003_total"]' "$(changed)"
}

it_wants_a_reason() {
  edited
  embark accept 0002_orders --yes
  exits 2
  matches "message" 'error: say why: --reason TEXT' "$(cat "$err")"
}

it_wants_to_know_which() {
  edited
  embark accept --reason x --yes
  exits 2
  matches "message" "error: say which: the migration's tag, or --all" "$(cat "$err")"
  embark accept 0002_orders --all --reason x --yes
  exits 2
}

it_refuses_one_that_is_not_applied() {
  edited
  migration 0004_new 'select 1;'
  embark accept 0004_new --reason x --yes
  exits 2
  matches "message" 'error: .*0004_new' "$(cat "$err")"
  embark accept 0009_nothing --reason x --yes
  exits 2
  matches "message" 'error: .*0009_nothing' "$(cat "$err")"
}

it_has_nothing_to_do_for_one_that_is_as_it_was() {
  edited
  embark accept 0001_users --reason x --yes
  exits 0
  is "what is said" "nothing to accept: no file has changed" "$(cat "$out")"
}
