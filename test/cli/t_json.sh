# shellcheck shell=bash disable=SC2034,SC2154
# What --json prints, against docs/embark.schema.json.

python=python3
"$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3 # Debian's package is for this one

valid() { # WHAT FILE...
  local said
  if said=$("$python" "$root/test/cli/validate" "$root/docs/embark.schema.json" "${@:2}" 2>&1); then
    pass
  else
    fail "$1" "$said"
  fi
}

# The command's document, whatever it says, is kept for are_valid: Python starts once for all of a test.
answers() { # ARG...
  embark "$@" --json
  mkdir -p answers
  cp "$out" "answers/$(printf '%03d ' "$((++answered))")${*//\//_}"
}
answered=0
are_valid() {
  valid "documents" answers/*
}

it_has_golden_documents_that_are_valid() {
  valid "golden files" "$golden"/*.json
  status=0
}

it_notices_what_is_not_valid() {
  status=0
  echo '{"schema": 1, "embark": "0.1.0", "command": "plan", "exit": 0, "stray": true}' >"$work/stray"
  "$python" "$root/test/cli/validate" "$root/docs/embark.schema.json" "$work/stray" >"$work/said"
  is "exit status" 1 $?
  matches "what is missing" "'steps' is a required property" "$(cat "$work/said")"
  matches "what is strange" "stray" "$(cat "$work/said")"
}

it_is_valid_for_each_command() {
  new_database
  three_migrations
  for name in migrations/*.sql; do
    echo '-- nothing' >"${name%.sql}.down.sql"
  done
  answers plan
  answers migrate --single
  answers status
  answers verify
  answers migrate --dry-run
  answers migrate
  answers migrate
  answers revert --steps 1 --dry-run
  answers revert --steps 1 --yes
  answers adopt --all --dry-run
  answers adopt --all --yes
  migration 0002_orders '-- edited'
  answers status
  answers verify
  answers accept 0002_orders --reason test --dry-run
  answers accept 0002_orders --reason test --yes
  answers resume
  answers script --offline
  answers new more
  answers wait
  are_valid
}

it_is_valid_for_errors() {
  new_database
  answers migrate
  answers plan --nonsense
  three_migrations
  answers migrate --to nowhere
  answers status --database 'host=/nonexistent'
  answers status --database 'no such words'
  migration 0004_bad 'select nosuch;'
  answers migrate
  answers plan
  answers revert
  answers adopt
  answers accept
  answers resume --done
  answers new
  are_valid
}

it_says_the_states_of_what_was_interrupted() {
  new_database
  migration 0001_steps <<'END'
-- embark: no-transaction
create table t (a int);
select 1 / (select count(*) from t);
END
  answers migrate
  answers status
  answers plan
  answers verify
  answers resume
  are_valid
}

it_is_valid_for_what_is_forbidden() {
  new_database
  three_migrations
  embark migrate
  migration 0004_drop 'alter table orders drop column total;'
  answers plan --forbid all
  answers migrate --forbid destructive
  answers migrate --forbid dangerous
  answers migrate --approve nosuch
  answers status
  answers script --forbid destructive
  answers script --offline --forbid destructive
  answers migrate --forbid destructive --approve 0004_drop
}

# A password, a path or a message in another encoding is text, too.
it_is_ascii_and_well_formed_whatever_the_server_says() {
  new_database
  migration 0001_loud $'select E\'\xc3\xa4\\x1b[0m\'::int;'
  answers migrate
  lacks "a byte that is no ASCII" $'[^\x01-\x7f]' "$(LC_ALL=C cat "$out")"
  are_valid
}
