# shellcheck shell=bash disable=SC2034,SC2154
# `embark lint`: which findings are told, how, and what comes of them. What the rules find is the unit tests'.

# Each test of findings begins so: a build without libpg_query has none. test/tools has what it says.
needs_parser() {
  embark lint
  ! grep -q 'no SQL parser' "$err" || {
    echo "skip $current_test: this build has no parser"
    return 1
  }
}

dangerous_migrations() {
  migration 0001_users 'create table users (id bigint primary key, name text not null, nick text);'
  migration 0002_more <<'END'
alter table users drop column nick;

create table notes (id bigint primary key, at timestamptz);
alter table notes drop column at;
END
  migration 0003_less <<'END'
-- embark: allow drop-column: nobody has used them since the summer
alter table notes drop column at2, drop column at3;
drop table
  notes;
END
}

it_tells_what_is_dangerous() {
  needs_parser || return
  dangerous_migrations
  embark lint
  exits 1
  is "standard error" "" "$(cat "$err")"
  golden lint.out "$out"
  embark lint --verbose
  exits 1
  golden lint_verbose.out "$out"
  embark lint --quiet
  exits 1
  lacks "a sum" 'in [0-9]+ migration|HINT' "$(cat "$out")"
}

it_takes_the_folder_as_its_argument() {
  needs_parser || return
  dangerous_migrations
  mv migrations sql
  embark lint sql
  exits 1
  matches "place" '^sql/0002_more.sql:1:31: error: ' "$(cat "$out")"
  embark lint --dir "$PWD/sql"
  exits 1
  matches "place" "^$PWD/sql/0002_more.sql:1:31: error: " "$(cat "$out")"
  embark lint sql --dir sql
  exits 2
  matches "twice" 'the folder is given twice' "$(cat "$err")"
  embark lint
  exits 2
  matches "no folder" 'migrations' "$(cat "$err")"
}

it_says_that_nothing_is_found() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  embark lint
  exits 0
  is "in words" "nothing found in 1 migration" "$(cat "$out")"
  embark lint --json
  exits 0
  json "in JSON" '[[],{"error":0,"warning":0,"note":0,"allowed":0}]' '[.findings, .counts]'
}

it_has_a_document() {
  needs_parser || return
  dangerous_migrations
  embark lint --json
  exits 1
  golden lint.json "$out"
  cp "$out" "$work/json"
  embark lint --format json
  exits 1
  is "the same" "$(cat "$work/json")" "$(cat "$out")"
}

# --- which ones ------------------------------------------------------------------------------------

it_looks_at_what_comes_behind_a_tag() {
  needs_parser || return
  dangerous_migrations
  embark lint --since 0002_more --json
  exits 1
  json "the last alone" '["0003_less"]' '[.findings[].tag] | unique'
  embark lint --since 0001_users --json
  json "what the batch makes is new" '["drop-column public.users"]' \
    '[.findings[] | select(.allowed == null) | "\(.rule) \(.about)"]'
  embark lint --since 0003_less
  exits 0
  matches "none" '^nothing found in 0 migrations$' "$(cat "$out")"
  embark lint --since 0004
  exits 2
  matches "no such tag" '--since: the folder has no migration "0004"' "$(cat "$err")"
}

it_looks_at_what_is_pending() {
  needs_parser || return
  new_database
  dangerous_migrations
  migration 0003_less 'drop table notes;'
  embark lint --pending --json
  exits 0
  json "all is new to an empty database" 0 '.findings | length'
  embark migrate --to 0001_users
  embark lint --pending --json
  exits 1
  json "one is applied" '["0002_more drop-column public.users"]' '[.findings[] | "\(.tag) \(.rule) \(.about)"]'
  embark migrate --to 0002_more
  embark lint --pending --json
  json "another" '["0003_less drop-table public.notes"]' '[.findings[] | "\(.tag) \(.rule) \(.about)"]'
  embark migrate
  embark lint --pending
  exits 0
  matches "none" '^nothing found in 0 migrations$' "$(cat "$out")"
  embark lint --pending --database 'host=/nonexistent'
  exits 6
}

it_looks_at_late_ones_too() {
  needs_parser || return
  new_database
  migration 0001_users 'create table users (id bigint primary key, nick text);'
  migration 0003_last 'select 1;'
  embark migrate
  migration 0002_late 'alter table users drop column nick;'
  embark lint --pending --json
  exits 1
  json "the late one" '["0002_late"]' '[.findings[].tag]'
}

it_knows_small_tables() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key); create table app.events (id bigint primary key);'
  migration 0002_checks <<'END'
alter table users add constraint c check (id > 0);
alter table app.events add constraint c check (id > 0);
END
  found='[.findings[] | select(.rule == "add-check").about]'
  embark lint --json
  json "both" '["public.users","app.events"]' "$found"
  embark lint --json --assume-table-size users=small
  json "one is small" '["app.events"]' "$found"
  embark lint --json --assume-table-size '*=small' --assume-table-size=app.events=large
  json "all but one are" '["app.events"]' "$found"
  embark lint --assume-table-size users
  exits 2
  matches "no size" '"users" is no table and its size' "$(cat "$err")"
  embark lint --assume-table-size users=tiny
  exits 2
}

it_fails_from_a_severity_on() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key, nick text);'
  migration 0002_less 'alter table users drop column nick;'
  local level
  for level in note warning error; do
    embark lint --fail-on $level
    exits 1
  done
  embark lint --fail-on never
  exits 0
  migration 0002_less <<'END'
-- embark: allow drop-table: a mistake
select 1;
END
  embark lint --fail-on error
  exits 0
  embark lint --fail-on warning
  exits 1
  embark lint --fail-on often
  exits 2
  matches "no level" 'error, warning, note and never' "$(cat "$err")"
}

it_notes_what_the_parser_does_not_know() {
  needs_parser || return
  migration 0001_new 'create table t (id bigint primary key); create tabel u ();'
  embark lint
  exits 0
  matches "a note" '^migrations/0001_new.sql:1:[0-9]+: note: .*\[unknown-syntax\]$' "$(cat "$out")"
}

# --- what is allowed -------------------------------------------------------------------------------

it_wants_a_reason() {
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less $'-- embark: allow drop-table\ndrop table users;'
  embark lint
  exits 2
  matches "error" 'not followed by a colon and a reason' "$(cat "$err")"
}

it_is_satisfied_with_one() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less $'-- embark: allow drop-table: a mistake\ndrop table users;'
  embark lint
  exits 0
  is "in words" "nothing found in 2 migrations; 1 allowed" "$(cat "$out")"
  embark lint --verbose
  matches "shown" '^  allowed: a mistake$' "$(cat "$out")"
  embark lint --json
  json "in JSON" '["a mistake"]' '[.findings[].allowed]'
  json "counted" '{"error":0,"warning":0,"note":0,"allowed":1}' .counts
}

# What runs and what is recorded does not depend on it.
it_is_a_comment_to_all_else() {
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less $'-- remark: allow drop-table: a mistake\ndrop table users;'
  "$build/embark-bundle" migrations --list=json | jq 'del(.migrations[].hash, .digest)' >"$work/before"
  migration 0002_less $'-- embark: allow drop-table: a mistake\ndrop table users;'
  "$build/embark-bundle" migrations --list=json | jq 'del(.migrations[].hash, .digest)' >"$work/after"
  status=0
  is "the bundle" "$(cat "$work/before")" "$(cat "$work/after")"
  new_database
  embark migrate
  exits 0
}

it_tells_rules_that_there_are_not() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less $'-- embark: allow drop-tables: a mistake\ndrop table users;'
  embark lint
  exits 1
  matches "error" '^migrations/0002_less.sql:1:18: error: there is no rule "drop-tables" \[unknown-rule\]$' "$(cat "$out")"
  matches "near ones" 'Did you mean "drop-table"' "$(cat "$out")"
}

# --- rules -----------------------------------------------------------------------------------------

it_lists_the_rules() {
  embark lint --rules
  exits 0
  matches "a row" '^drop-table +error +destructive +a table is dropped' "$(cat "$out")"
  embark lint --rules --json
  json "in JSON" '["error",["destructive"],"ACCESS EXCLUSIVE","none"]' \
    '.rules[] | select(.name == "drop-table") | [.severity, .hazards, .lock, .work]'
}

it_explains_rules() {
  local page rule
  for page in "$root"/docs/lint/[a-z]*.md; do
    rule=${page##*/}
    embark lint --explain "${rule%.md}"
    exits 0
    is "$rule" "$(cat "$page")" "$(cat "$out")"
  done
  embark lint --explain unused-allow --json
  exits 0
  golden lint_explain.json "$out"
}

it_says_which_rule_was_meant() {
  embark lint --explain drop-tabel
  exits 2
  matches "error" 'there is no rule "drop-tabel"' "$(cat "$err")"
  matches "hint" '^HINT:  Did you mean .*"drop-table".*embark lint --rules lists them\.$' "$(cat "$err")"
  embark lint --explain nothing-like-it --json
  exits 2
  json "in JSON" '"embark lint --rules lists them."' '.error.hint | tojson'
}

# --- for other programs ----------------------------------------------------------------------------

it_is_sarif() {
  needs_parser || return
  local python=python3 schema
  "$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3
  if ! schema=$("$root/test/sarif/install" 2>"$err"); then
    fail "the schema: $(cat "$err")"
    return
  fi
  dangerous_migrations
  embark lint --format sarif
  exits 1
  is "valid" "" "$("$python" "$root/test/sarif/validate" "$schema" "$out" 2>&1)"
  jq 'del(.runs[].tool.driver.rules[].help)' "$out" >"$work/sarif"
  sed -E 's/("version": )"0[^"]*"/\1"0.0.0"/' "$work/sarif" >"$out"
  golden lint.sarif "$out"
  echo '{"version": "2.1.0", "runs": [{"tool": {}}]}' >"$work/broken"
  matches "what is not valid is noticed" "'driver' is a required property" \
    "$("$python" "$root/test/sarif/validate" "$schema" "$work/broken" 2>&1)"
  embark lint --format sarif --since 0003_less
  exits 0
  is "valid without findings" "" "$("$python" "$root/test/sarif/validate" "$schema" "$out" 2>&1)"
}

it_knows_a_finding_again_in_sarif() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less 'drop table if exists users; drop table if exists users;'
  prints='[.runs[].results[].partialFingerprints["embark/v1"]]'
  embark lint --format sarif
  jq -c "$prints" "$out" >"$work/before"
  migration 0002_less $'\n\nselect 1;\ndrop table if exists users;\n\ndrop table if exists users;'
  embark lint --format sarif
  is "the same where they have moved" "$(cat "$work/before")" "$(jq -c "$prints" "$out")"
  json "each its own" '[2,2]' "$prints | [length, (unique | length)]"
}

it_is_annotations() {
  needs_parser || return
  dangerous_migrations
  embark lint --format github
  exits 1
  golden lint_github.out "$out"
  embark lint --format github --json
  exits 2
  json "two things" true '.error.message | contains("--json and --format")'
  embark lint --format xml
  exits 2
}

# Names and texts of files can steer no terminal, no workflow and no reader of JSON.
it_is_sound_whatever_a_folder_is_called() {
  needs_parser || return
  local folder=$'%,:\x1b[31m\n::error::x\xc3\xa4\xff'
  migration 0001_users 'create table "a%0a,:b" (id bigint primary key);'
  migration '0002_%,:' $'/* \x1b[31m */ drop table "a%0a,:b";'
  mv migrations "$folder"
  embark lint "$folder"
  exits 1
  lacks "a terminal's commands" $'\x1b' "$(cat "$out")"
  embark lint "$folder" --format github
  exits 1
  is "one annotation" 1 "$(grep -ac '^::' "$out")"
  matches "escaped" 'file=%25%2C%3A\?\[31m%0A%3A%3Aerror.*/0002_%25%2C%3A.sql,line=1,' "$(cat "$out")"
  matches "the message too" 'a%250a,:b' "$(cat "$out")"
  embark lint "$folder" --format sarif
  exits 1
  json "a URI" '%25%2C%3A%1B%5B31m%0A%3A%3Aerror%3A%3Ax%C3%A4%FF/0002_%25%2C%3A.sql' \
    '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri'
  embark lint "$folder" --json
  exits 1
  json "one finding" 1 '.findings | length'
}

it_cuts_long_lines() {
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  migration 0002_less "$(printf '/* %05000d */ drop table users; /* %05000d */' 0 0)"
  embark lint
  exits 1
  is "no line is wider than a screen" "" "$(awk 'length > 80 && !/\[drop-table\]$/' "$out")"
  matches "the place is shown" 'drop table users' "$(cat "$out")"
}

# --- where it does not belong ----------------------------------------------------------------------

it_needs_the_folder_where_migrations_are_linked_in() {
  status=0
  "$build/examples/03_own_commands" migrate lint >"$out" 2>"$err" || status=$?
  exits 2
  matches "message" 'carries its own migrations, and not their files' "$(cat "$err")"
  needs_parser || return
  migration 0001_users 'create table users (id bigint primary key);'
  status=0
  "$build/examples/03_own_commands" migrate lint migrations >"$out" 2>"$err" || status=$?
  exits 0
}
