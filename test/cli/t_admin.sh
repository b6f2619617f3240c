# shellcheck shell=bash disable=SC2034,SC2154
# What a program's endpoint answers is what the commands print, and as docs/embark.schema.json says.

# Sets $said, the answer, and $http, its status.
asks() { # METHOD PATH [FORM]
  said=$("$build/test/cli/asked" "$1" "/m$2" "${3-}" </dev/null 2>"$err")
  http=$(tail -n 1 "$err")
}

# What a document has in common with another: 3.400 is 3.4, and advice names what is at hand.
common='del(.database.source, .server_version, .bundle, .running, .error.hint)
  | walk(if type == "number" then . + 0 else . end)'

same() { # WHAT [FILTER]: the last answer is what the last command printed
  is "$1" "$(jq -S "$common | ${2:-.}" "$out" 2>&1)" "$(jq -S "$common | ${2:-.}" <<<"$said" 2>&1)"
  is "$1: where the database was named" server "$(jq -r '.database.source' <<<"$said")"
}

# The same of a run, which each of the two does in a database of its own.
same_run() { # WHAT
  same "$1" 'del(.database, .applied[].duration_ms)'
}

# The same question to both.
same_status() { # WHAT
  status=0
  "$build/test/cli/linked" migrations destructive,unclassified status --json </dev/null >"$out" 2>"$err" || status=$?
  exits 0
  asks GET /status
  is "$1: HTTP" 200 "$http"
  same "$1: status"
}

same_plan() { # WHAT HTTP [FORM [ARG...]]
  embark plan --json --forbid destructive,unclassified "${@:4}"
  asks POST "?dry-run" "${3-}"
  is "$1: HTTP" "$2" "$http"
  same "$1: plan"
}

it_answers_what_the_commands_print() {
  new_database
  three_migrations
  same_status "an empty database"
  same_plan "an empty database" 200
  embark migrate --single
  same_status "one is applied"
  same_plan "one is applied" 200
  embark migrate
  same_status "all are applied"
  same_plan "all are applied" 200
  asks POST ""
  embark migrate --json
  same "nothing to do"
  migration 0002_orders 'create table orders (id int);'
  same_status "one was edited"
  same_plan "one was edited" 409
  rm migrations/0003_total.sql
  same_status "one is not here"
}

it_answers_a_run_as_the_command_does() {
  three_migrations
  new_database
  embark migrate --json
  new_database
  asks POST ""
  is "HTTP" 200 "$http"
  same_run "a run"
  migration 0004_bad $'create table x ();\n\nselect \'<b>\'::int;'
  new_database
  embark migrate --json
  new_database
  asks POST ""
  is "HTTP" 500 "$http"
  same_run "a failing run"
}

it_answers_what_is_forbidden_as_the_command_does() {
  new_database
  three_migrations
  embark migrate
  migration 0004_more 'create table more ();'
  migration 0005_drop $'select 1;\n  alter table orders drop column total;'
  same_status "one destroys"
  same_plan "one destroys" 409
  same_plan "it is approved" 200 approve=0005_drop --approve 0005_drop
  embark migrate --json --forbid destructive,unclassified
  exits 7
  asks POST ""
  is "HTTP" 409 "$http"
  same "a refusal"
  asks POST "" approve=0005_drop
  is "HTTP" 200 "$http"
  is "what was applied" "0004_more 0005_drop" "$(jq -r '[.applied[].tag] | join(" ")' <<<"$said")"
}

it_answers_what_was_interrupted_as_the_command_does() {
  migration 0001_steps <<'END'
-- embark: no-transaction
create table t (a int);
select 1 / (select count(*) from t);
END
  new_database
  asks POST ""
  same_status "interrupted"
  same_plan "interrupted" 200
  embark migrate --json
  asks POST ""
  same_run "interrupted again"
}

valid_as() { # WHAT [PART]: the last answer
  printf '%s\n' "$said" >"$work/t/said"
  local found
  if found=$("$python" "$root/test/cli/validate" "$root/docs/embark.schema.json${2:+#$2}" "$work/t/said" 2>&1); then
    pass
  else
    fail "$1" "$found" "$said"
  fi
}

it_answers_as_the_schema_says() {
  python=python3
  "$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3 # Debian's package is for this one
  status=0
  new_database
  three_migrations
  asks GET /status
  valid_as "status"
  asks GET "/sql?tag=0002_orders"
  valid_as "sql"
  is "statements" 2 "$(jq '.statements | length' <<<"$said")"
  asks POST "?dry-run"
  valid_as "plan"
  asks POST ""
  valid_as "migrate"
  migration 0004_bad 'select nosuch;'
  asks POST ""
  valid_as "a failure"
  PGDATABASE=nosuch asks GET /status
  valid_as "no connection"
  is "HTTP" 503 "$http"
}

# Of every kind of event, those that can be had without somebody else at it.
it_tells_events_as_the_schema_says() {
  python=python3
  "$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3
  status=0
  new_database
  three_migrations
  migration 0004_loud $'do $$ begin raise notice \'hello\'; end $$;'
  asks EVENTS ""
  local name data names=
  while read -r name; do
    read -r data
    read -r _
    said=${data#data: }
    if [ "$name" = "event: result" ]; then
      valid_as "the result"
    else
      valid_as "$name" "event_${name#event: }"
    fi
    names="$names ${name#event: }"
  done <<<"$said"$'\n'
  matches "the events" '^ planned started .*applied .*notice .*result$' "$names"
}
