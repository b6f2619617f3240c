# shellcheck shell=bash disable=SC2154
# `embark new`, and `embark bundle`, which is embark-bundle.

it_makes_the_next_file_and_prints_its_path() {
  new_database
  three_migrations
  embark new 'Add Invoices'
  exits 0
  is "the path" "migrations/0004_add_invoices.sql" "$(cat "$out")"
  is "nothing else" "" "$(cat "$err")"
  echo 'create table invoices ();' >>migrations/0004_add_invoices.sql
  embark migrate
  exits 0
  is "applied" "0004_add_invoices" "$(sql "select max(tag) from embark.migrations")"
}

it_makes_a_down_file_as_well() {
  three_migrations
  embark new --down add_invoices --json
  exits 0
  json "files" '["migrations/0004_add_invoices.sql","migrations/0004_add_invoices.down.sql"]' .files
  golden new.json "$out"
  is "both are there" 2 "$(find migrations -name '0004_*' -size +0 | wc -l)"
}

it_makes_the_folder_that_it_is_told() {
  embark new first --dir "$work/t/sql"
  exits 0
  is "the path" "$work/t/sql/0001_first.sql" "$(cat "$out")"
}

it_says_which_journal_got_an_entry() {
  mkdir -p migrations/meta
  cat >migrations/meta/_journal.json <<'END'
{
  "version": "7",
  "dialect": "postgresql",
  "entries": [
    {
      "idx": 0,
      "version": "7",
      "when": 1700000000000,
      "tag": "0000_init",
      "breakpoints": true
    }
  ]
}
END
  echo 'create table a ();' >migrations/0000_init.sql
  embark new add_orders --json
  exits 0
  json "journal" '["0001_add_orders","migrations/meta/_journal.json"]' '[.tag, .changed]'
  is "entries" '["0000_init","0001_add_orders"]' "$(jq -c '[.entries[].tag]' migrations/meta/_journal.json)"
}

it_wants_a_name() {
  embark new
  exits 2
  matches "message" 'give the new migration a name' "$(cat "$err")"
  embark new one two
  exits 2
  matches "message" 'one name is enough' "$(cat "$err")"
}

it_refuses_a_name_of_which_nothing_is_left() {
  embark new '!!!'
  exits 2
  is "nothing was made" "" "$(find . -type f)"
  embark new '!!!' --json
  exits 2
  json "document" '[2,true]' '[.exit, (.error.message | length > 0)]'
}

it_bundles_as_embark_bundle_does() {
  three_migrations
  embark bundle migrations -o one.c
  exits 0
  "$build/embark-bundle" migrations -o two.c
  is "header" "" "$(diff <(sed 's/one\b/two/g; s/ONE/TWO/g' one.h) two.h)"
  is "file" "" "$(diff <(sed 's/one\b/two/g' one.c) two.c)"
  embark bundle migrations --list
  cp "$out" "$work/t/list"
  is "list" "$("$build/embark-bundle" migrations --list)" "$(cat "$work/t/list")"
  embark bundle migrations --check one.c
  exits 0
}

it_bundles_with_its_own_name_in_messages() {
  embark bundle
  exits 2
  matches "message" '^embark bundle: ' "$(cat "$err")"
  embark bundle --help
  exits 0
  matches "usage" '^usage: embark bundle ' "$(cat "$out")"
}
