# shellcheck shell=bash disable=SC2034,SC2154
# The command line itself: help, versions, and what is no command.

it_lists_its_commands() {
  embark --help
  exits 0
  matches "a command" '^  migrate +apply pending migrations$' "$(cat "$out")"
  is "nothing on standard error" "" "$(cat "$err")"
}

it_says_what_its_exit_statuses_mean() {
  embark --help
  exits 0
  matches "that of a refusal" '; 7 a person has to approve it;$' "$(cat "$out")"
}

it_tells_its_version() {
  embark --version
  exits 0
  matches "version" '^embark [0-9]+\.[0-9]+\.[0-9]+$' "$(cat "$out")"
}

it_wants_a_command() {
  embark
  exits 2
  matches "usage" '^usage: embark COMMAND' "$(cat "$err")"
}

it_refuses_an_unknown_command() {
  embark migrat
  exits 2
  matches "message" '^embark: error: there is no command "migrat"$' "$(cat "$err")"
}

it_refuses_an_unknown_option() {
  embark migrate --force
  exits 2
  matches "message" 'unknown option --force' "$(cat "$err")"
}

it_refuses_a_folder_where_it_carries_its_own_migrations() {
  status=0
  "$build/examples/03_own_commands" migrate status --dir elsewhere >"$out" 2>"$err" || status=$?
  exits 2
  matches "message" 'carries its own migrations' "$(cat "$err")"
}
