# shellcheck shell=bash disable=SC2154,SC2034 # of lib.sh
# A program that carries its migrations and the commands: examples/03_own_commands.c.

own() { # ARG...; as embark does
  status=0
  "$build/examples/03_own_commands" "$@" </dev/null >"$out" 2>"$err" || status=$?
}

it_has_the_commands_for_its_own_migrations() {
  new_database
  own migrate status --json
  exits 0
  json "all pending" '["pending"]' '[.migrations[].state] | unique'
  own migrate migrate
  exits 0
  matches "what it did" '^8 migrations applied' "$(cat "$out")"
  own migrate status
  exits 0
  matches "a row" '0000_init' "$(cat "$out")"
  own
  exits 0
  is "it serves" 'serving; 0 people are waiting' "$(cat "$out")"
}

it_brings_the_database_up_to_date_when_it_starts() {
  new_database
  own
  exits 0
  own migrate plan --exit-code
  exits 0
}

it_tells_how_it_is_called() {
  own migrate --help
  exits 0
  matches "usage" '^usage: 03_own_commands migrate COMMAND' "$(cat "$out")"
  own migrate status --help
  exits 0
  matches "usage of a command" '^usage: 03_own_commands migrate status' "$(cat "$out")"
  own migrate frobnicate
  exits 2
  matches "an error" '^03_own_commands migrate: error: there is no command "frobnicate"' "$(cat "$err")"
}

it_tells_which_migrations_it_carries() {
  own migrate --version
  exits 0
  is "the digest" "bundle $(embark-bundle "$root/migrations" --list=json | jq -r .digest)" \
    "$(grep '^bundle ' "$out")"
}

it_needs_no_folder_and_takes_none() {
  new_database
  own migrate plan
  exits 0
  own migrate plan --dir "$root/migrations"
  exits 2
  matches "what it says" 'carries its own migrations' "$(cat "$err")"
}

it_writes_its_migrations_as_a_script() {
  new_database
  own migrate script
  exits 0
  psql -X -f "$out" >/dev/null 2>"$err"
  own migrate verify
  exits 0
}
