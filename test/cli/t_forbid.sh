# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# Hazards, --forbid and --approve: a migration that may do harm waits for a person, and for no typo.

# Three that are applied; then three that are pending, of which the second one is destructive.
one_that_is_destructive() {
  new_database
  rm -rf migrations
  three_migrations
  embark migrate
  migration 0004_note 'alter table orders add column note text;'
  migration 0005_drop_total <<'END'
alter table orders add column paid boolean;
  alter table orders drop column total;
END
  migration 0006_sent 'alter table orders add column sent boolean;'
}

# And one more.
two_that_are_destructive() {
  one_that_is_destructive
  migration 0007_drop_orders 'drop table orders;'
}

linked() { # HAZARDS ARG...: a program with a bundle that forbids these
  status=0
  "$build/test/cli/linked" migrations "$@" </dev/null >"$out" 2>"$err" || status=$?
}

applied() { sql "SELECT count(*) FROM embark.migrations"; }

has_column() { # NAME
  sql "SELECT count(*) FROM pg_attribute
    WHERE attrelid = 'orders'::regclass AND attname = '$1' AND NOT attisdropped"
}

# --- plan ----------------------------------------------------------------------------------------

it_shows_hazards_in_the_plan() {
  one_that_is_destructive
  embark plan
  exits 0
  golden forbid_plan.out "$out"
  is "nothing on standard error" "" "$(cat "$err")"
}

it_shows_the_whole_plan_and_then_what_is_refused() {
  one_that_is_destructive
  embark plan --forbid destructive
  exits 7
  golden forbid_plan_refused.out "$out"
  golden forbid_plan_refused.err "$err"
  embark plan --forbid destructive --exit-code
  exits 7
}

it_makes_a_document_of_what_is_refused() {
  one_that_is_destructive
  embark plan --forbid destructive,rewrites --json
  exits 7
  golden forbid_plan.json "$out"
}

it_plans_what_is_approved() {
  one_that_is_destructive
  embark plan --forbid destructive --approve 0005_drop_total
  exits 0
  is "as without --forbid" "$(normalize <"$out")" "$(cat "$golden/forbid_plan.out")"
  embark plan --forbid destructive --approve 0005_drop_total --json
  json "hazards stay" '[[],["destructive"],[]]' '[.steps[].hazards]'
  json "and are let" '[false,false,false]' '[.steps[].forbidden]'
}

it_shows_no_hazards_where_there_are_none() {
  new_database
  three_migrations
  embark plan --forbid destructive
  exits 0
  lacks "a column of them" 'hazards|destructive' "$(cat "$out")"
  embark plan --json
  json "none" '[[],[],[]]' '[.steps[].hazards]'
}

# --- migrate -------------------------------------------------------------------------------------

it_refuses_before_anything_runs() {
  one_that_is_destructive
  embark plan --forbid destructive
  cp "$out" "$work/plan.out"
  cp "$err" "$work/plan.err"
  embark migrate --forbid destructive
  exits 7
  is "says what plan says" "$(cat "$work/plan.out" "$work/plan.err")" "$(cat "$out" "$err")"
  is "no migration ran" 3 "$(applied)"
  is "the harmless one before it neither" 0 "$(has_column note)"
}

it_makes_a_document_of_a_refusal() {
  one_that_is_destructive
  embark migrate --forbid destructive --json
  exits 7
  golden forbid_migrate.json "$out"
  is "nothing on standard error" "" "$(cat "$err")"
}

it_says_a_refusal_alone_when_quiet() {
  one_that_is_destructive
  embark migrate --forbid destructive --quiet
  exits 7
  is "standard output" "" "$(cat "$out")"
  matches "error" '^embark: error: migration "0005_drop_total" is destructive' "$(cat "$err")"
}

it_runs_what_is_approved_and_says_what_it_was() {
  one_that_is_destructive
  embark migrate --forbid destructive --approve 0005_drop_total
  exits 0
  is "all are applied" 6 "$(applied)"
  is "the column is gone" 0 "$(has_column total)"
  matches "what it was" '^applied 0005_drop_total \(2 statements, .* m?s, destructive\)$' "$(cat "$err")"
  matches "what the others were" '^applied 0006_sent \(1 statement, [0-9.]+ m?s\)$' "$(cat "$err")"
}

it_has_hazards_in_the_document_of_what_it_did() {
  one_that_is_destructive
  embark migrate --json
  exits 0
  json "hazards" '[[],["destructive"],[]]' '[.applied[].hazards]'
}

it_asks_nobody_and_runs_everything_unless_told() {
  one_that_is_destructive
  on_a_terminal '' embark migrate
  exits 0
  lacks "a question" '\?' "$(cat "$out")"
  is "all are applied" 6 "$(applied)"
}

it_forbids_only_these_hazards() {
  one_that_is_destructive
  embark migrate --forbid rewrites,blocks-reads --forbid none
  exits 0
  is "all are applied" 6 "$(applied)"
}

# Each of the words alone has its statement refused, and all others let it through.
it_knows_every_hazard() {
  local word others=(destructive rewrites blocks-writes blocks-reads data-change unclassified)
  one_that_is_destructive
  embark migrate
  for word in "${others[@]}"; do
    case $word in
    destructive) migration 0007_hurts 'drop table orders;' ;;
    rewrites | blocks-reads) migration 0007_hurts 'alter table orders alter column user_id type bigint;' ;;
    blocks-writes) migration 0007_hurts 'create index on orders (paid);' ;;
    data-change) migration 0007_hurts 'update orders set paid = true;' ;;
    unclassified) migration 0007_hurts 'do $do$ begin execute current_setting($$a.b$$); end $do$;' ;;
    esac
    embark plan --forbid "$word"
    exits 7
    embark plan --json
    json "$word is in the plan" true "any(.steps[0].hazards[]; . == \"$word\")"
    embark plan --forbid "$(jq -r '["destructive", "rewrites", "blocks-writes", "blocks-reads", "data-change",
      "unclassified"] - .steps[0].hazards | join(",")' "$out")"
    exits 0
  done
}

it_leaves_out_of_tables_what_goes_without_saying() {
  one_that_is_destructive
  embark migrate
  migration 0007_widen 'alter table orders alter column user_id type bigint;'
  embark plan --forbid blocks-writes
  exits 7
  matches "in the table" ' refused: rewrites$' "$(cat "$out")"
  matches "in the error" ' blocks writers, which is forbidden here' "$(cat "$err")"
  embark plan --json
  json "in the document" '[["rewrites","blocks-writes","blocks-reads"]]' '[.steps[].hazards]'
}

it_adds_up_what_is_forbidden() {
  one_that_is_destructive
  embark migrate --forbid destructive --forbid rewrites
  exits 7
  embark migrate --forbid all
  exits 7
  matches "the command" 'run: embark migrate --forbid all --approve 0005_drop_total$' "$(cat "$err")"
}

it_refuses_only_what_it_would_run() {
  one_that_is_destructive
  embark migrate --forbid destructive --to 0004_note
  exits 0
  is "what is pending is told" "1 migration applied, 3 were there already, 2 are pending" "$(cat "$out")"
  embark migrate --forbid destructive --single
  exits 7
}

it_lets_a_new_database_have_all_of_history() {
  two_that_are_destructive
  new_database
  embark migrate --forbid destructive
  exits 0
  is "all are applied" 7 "$(applied)"
}

it_refuses_the_rest_of_one_that_was_interrupted() {
  new_database
  three_migrations
  embark migrate
  migration 0004_two_drops <<'END'
-- embark: no-transaction
alter table orders drop column total;
alter table orders drop column nosuch;
END
  embark migrate --forbid destructive --approve 0004_two_drops
  exits 1
  sed -i 's/nosuch/user_id/' migrations/0004_two_drops.sql
  embark migrate --forbid destructive
  exits 7
  matches "it is in the plan" '0004_two_drops .*interrupted at statement 2 +refused: destructive' "$(cat "$out")"
  embark migrate --forbid destructive --approve 0004_two_drops
  exits 0
  is "the rest was run" 0 "$(has_column user_id)"
}

it_is_drift_first() {
  one_that_is_destructive
  migration 0002_orders '-- edited'
  embark migrate --forbid destructive
  exits 4
  embark plan --forbid destructive --json
  json "code" EMBARK_E_CHANGED .error.code
}

# --- approval ------------------------------------------------------------------------------------

it_takes_no_typo_for_an_approval() {
  one_that_is_destructive
  for slip in 0005_drop_totals 0005_drop-total 0005_Drop_Total 0005 drop_total; do
    embark migrate --approve $slip
    exits 2
    matches "message" "^embark: error: --approve: there is no migration \"$slip\"\$" "$(cat "$err")"
    matches "near names" '^HINT:  Near to it: "0005_drop_total"\.$' "$(cat "$err")"
  done
  embark migrate --approve nothing_like_it
  exits 2
  matches "where they are" '^HINT:  embark status shows the tags\.$' "$(cat "$err")"
  is "nothing ran" 3 "$(applied)"
}

it_takes_no_typo_beside_one_that_is_right() {
  one_that_is_destructive
  embark migrate --approve 0005_drop_total --approve 0006_snt
  exits 2
  matches "near names" '^HINT:  Near to it: "0006_sent"\.$' "$(cat "$err")"
  is "nothing ran" 3 "$(applied)"
}

it_takes_an_approval_that_is_not_needed() {
  one_that_is_destructive
  embark migrate --forbid destructive --approve 0001_users --approve 0005_drop_total --approve 0005_drop_total
  exits 0
}

it_names_all_that_are_refused_and_the_command() {
  two_that_are_destructive
  embark migrate --forbid destructive
  exits 7
  golden forbid_two.err "$err"
  is "what it advises to do" 0 "$(eval "$(sed -n 's/^HINT: .* run: //p' "$err")" >"$work/said" 2>&1; echo $?)"
  is "is all" 7 "$(applied)"
}

it_refuses_one_though_another_is_approved() {
  two_that_are_destructive
  embark migrate --forbid destructive --approve 0005_drop_total
  exits 7
  matches "the other one" '^embark: error: migration "0007_drop_orders" is destructive' "$(cat "$err")"
  matches "what is approved stays so" 'migrate --forbid destructive --approve 0005_drop_total --approve 0007_drop_orders$' \
    "$(cat "$err")"
  is "nothing ran" 3 "$(applied)"
}

it_advises_no_more_than_what_was_asked_for() {
  two_that_are_destructive
  mv migrations other
  embark migrate --dir other --to 0006_sent --forbid destructive
  exits 7
  matches "the command" '^HINT: .* run: embark migrate --dir other --to 0006_sent --forbid destructive --approve 0005_drop_total$' \
    "$(cat "$err")"
}

# Half a command would approve one that nobody has named.
it_names_the_first_where_there_is_no_room_for_all() {
  local number long
  new_database
  long=$(printf 'very_%.0s' {1..20})
  migration 0000_t 'create table t ();'
  embark migrate
  for number in 01 02 03 04 05 06 07 08; do
    migration "00${number}_${long}long" 'drop table if exists t;'
  done
  embark migrate --forbid destructive
  exits 7
  is "the hint" "HINT:  Read it. If it may run: embark migrate --forbid destructive --approve 0001_${long}long" \
    "$(grep '^HINT' "$err")"
}

it_quotes_a_name_for_the_shell() {
  one_that_is_destructive
  mv migrations/0005_drop_total.sql "migrations/0005_it's a drop.sql"
  embark migrate --forbid destructive
  exits 7
  eval "$(sed -n 's/^HINT: .* run: //p' "$err")" >"$work/said" 2>&1
  is "what it advises to do" 6 "$(applied)"
}

it_refuses_words_that_are_no_hazards() {
  embark plan --forbid dangerous
  exits 2
  matches "message" '^embark plan: --forbid knows none, all or a list of destructive,.*, not "dangerous"$' "$(cat "$err")"
  embark status --forbid all
  exits 2
}

it_counts_characters_up_to_the_statement() {
  one_that_is_destructive
  migration 0005_drop_total $'/* \xc3\xa4 */\talter table orders drop column total;'
  embark plan --forbid destructive --json
  json "column" '[1,9]' '[.error.line, .error.column]'
}

# --- status --------------------------------------------------------------------------------------

it_shows_hazards_of_what_is_pending() {
  one_that_is_destructive
  sql "UPDATE embark.migrations SET duration = '12 ms'" # columns are as wide as what is in them
  embark status
  exits 0
  golden forbid_status.out "$out"
  embark status --json
  json "hazards" '[[],[],[],[],["destructive"],[]]' '[.migrations[].hazards]'
  json "nothing is forbidden" '[false]' '[.migrations[].forbidden] | unique'
}

it_shows_no_hazards_of_what_is_applied() {
  one_that_is_destructive
  embark migrate
  embark status
  lacks "a column of them" 'hazards|destructive' "$(cat "$out")"
}

# --- a program with its own migrations -------------------------------------------------------------

it_forbids_what_the_bundle_forbids() {
  one_that_is_destructive
  linked destructive status
  exits 0
  matches "status" '^pending +0005_drop_total .*refused: destructive$' "$(cat "$out")"
  linked destructive plan
  exits 7
  matches "plan" '^5 +0005_drop_total .*refused: destructive$' "$(cat "$out")"
  linked destructive migrate
  exits 7
  matches "the command" '^HINT: .* run: linked migrate --approve 0005_drop_total$' "$(cat "$err")"
  is "nothing ran" 3 "$(applied)"
  linked destructive migrate --approve 0005_drop_totl
  exits 2
  linked destructive migrate --approve 0005_drop_total
  exits 0
  is "all are applied" 6 "$(applied)"
}

it_adds_to_what_the_bundle_forbids() {
  one_that_is_destructive
  linked rewrites migrate --forbid destructive
  exits 7
  linked destructive migrate --forbid rewrites
  exits 7
  linked destructive migrate --forbid none
  exits 7
  linked rewrites migrate
  exits 0
}

# --- Drizzle's folders ---------------------------------------------------------------------------

drizzle_file() { # TAG SQL
  mkdir -p migrations/meta
  printf '%s\n' "$2" >"migrations/$1.sql"
  tags+=("{\"idx\": ${#tags[@]}, \"version\": \"7\", \"when\": $((1700000000000 + ${#tags[@]})), \"tag\": \"$1\", \"breakpoints\": true}")
  (
    IFS=,
    printf '{"version": "7", "dialect": "postgresql", "entries": [%s]}\n' "${tags[*]}"
  ) >migrations/meta/_journal.json
}

it_refuses_in_a_drizzle_folder() {
  local tags=()
  new_database
  drizzle_file 0000_init 'create table users (id int, name text);'
  embark migrate
  drizzle_file 0001_more 'alter table users add column born date;--> statement-breakpoint
alter table users drop column name;'
  embark migrate --forbid destructive
  exits 7
  matches "where" '^embark: error: migration "0001_more" is destructive.* \(0001_more\.sql:2:1\)$' "$(cat "$err")"
  is "nothing ran" 1 "$(sql 'SELECT count(*) FROM drizzle.__drizzle_migrations')"
  embark migrate --forbid destructive --approve 0001_more
  exits 0
  new_database
  embark migrate --forbid destructive
  exits 0
  is "a new one has all of it" 2 "$(sql 'SELECT count(*) FROM drizzle.__drizzle_migrations')"
}

# --- script --------------------------------------------------------------------------------------

it_writes_no_script_of_what_is_refused() {
  one_that_is_destructive
  embark script --forbid destructive
  exits 7
  is "no script" "" "$(cat "$out")"
  matches "error" '^embark: error: migration "0005_drop_total" is destructive, which is forbidden here' "$(cat "$err")"
  matches "the command" '^HINT: .* run: embark script --forbid destructive --approve 0005_drop_total$' "$(cat "$err")"
  embark script --forbid destructive --json
  exits 7
  json "code" '["EMBARK_E_FORBIDDEN",null]' '[.error.code, .script]'
}

it_marks_hazards_in_the_script() {
  one_that_is_destructive
  embark script --forbid destructive --approve 0005_drop_total
  exits 0
  is "comments" "-- 0004_note (0004_note.sql)
-- 0005_drop_total (0005_drop_total.sql)
-- hazards: destructive
-- 0006_sent (0006_sent.sql)" "$(grep -E '^-- ([0-9]{4}_|hazards:)' "$out")"
  cp "$out" script.sql
  is "psql takes it" 0 "$(psql -X -f script.sql >"$work/said" 2>&1; echo $?)"
  is "all are applied" 6 "$(applied)"
}

# What the database has is not known, so a drop counts although the script makes what it drops.
it_counts_all_hazards_in_a_script_without_a_database() {
  two_that_are_destructive
  embark script --offline
  exits 0
  is "marked" 2 "$(grep -c '^-- hazards: destructive$' "$out")"
  embark script --offline --forbid destructive
  exits 7
  golden forbid_offline.err "$err"
  embark script --offline --forbid destructive --to 0004_note
  exits 0
  embark script --offline --forbid destructive --approve 0005_drop_total --approve 0007_drop_orders
  exits 0
  linked destructive script --offline
  exits 7
}
