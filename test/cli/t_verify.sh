# shellcheck shell=bash disable=SC2154
# embark verify: the whole history, every difference, and what kind of change a change is.

in_git() { # what follows is committed in the test's folder
  git -c init.defaultBranch=main init -q .
  git config user.email test@example.com
  git config user.name Test
}

commit() { # MESSAGE
  git add -A
  GIT_COMMITTER_DATE='2025-01-02T03:04:05Z' GIT_AUTHOR_DATE='2025-01-02T03:04:05Z' git commit -qm "$1"
}

it_is_content_with_what_is_as_it_was() {
  new_database
  three_migrations
  embark migrate
  embark verify
  exits 0
  is "summary" "verified: 3 migrations" "$(cat "$out")"
  embark verify --json
  exits 0
  golden verified.json "$out"
}

it_ends_with_3_when_some_are_pending() {
  new_database
  three_migrations
  embark verify
  exits 3
  matches "which" '^pending 0003_total$' "$(cat "$out")"
}

# Edits that change white space, comments and what is done.
three_edits() {
  new_database
  three_migrations
  in_git
  commit before
  embark migrate
  migration 0001_users 'create table users (id int primary key,   name text not null);'
  migration 0002_orders <<'END'
-- orders, and who gave them
create table orders (id int primary key, user_id int references users);
create index orders_user on orders (user_id);
END
  migration 0003_total 'alter table orders add column total bigint;'
}

it_says_what_kind_of_change_it_is() {
  three_edits
  embark verify
  exits 4
  golden verify.out "$out"
  golden verify.err "$err"
}

it_makes_a_document_of_all_differences() {
  three_edits
  embark verify --json
  exits 4
  golden verify.json "$out"
}

it_knows_the_kind_without_git() {
  three_edits
  rm -rf .git
  embark verify
  exits 4
  matches "white space" '^changed 0001_users: white space alone$' "$(cat "$out")"
  matches "comments" '^changed 0002_orders: comments alone$' "$(cat "$out")"
  matches "real" '^changed 0003_total: a real change$' "$(cat "$out")"
}

it_knows_the_kind_by_git_alone() {
  three_edits
  sql 'UPDATE embark.migrations SET outline = NULL'
  embark verify
  matches "white space" '^changed 0001_users: white space alone \(applied as in commit' "$(cat "$out")"
  matches "comments" '^changed 0002_orders: comments alone' "$(cat "$out")"
  matches "real" '^changed 0003_total: a real change' "$(cat "$out")"
}

it_says_when_the_old_text_is_not_known() {
  three_edits
  sql 'UPDATE embark.migrations SET outline = NULL'
  rm -rf .git
  embark verify
  exits 4
  matches "unknown" '^changed 0001_users: the old text is not known$' "$(cat "$out")"
}

it_finds_the_old_text_in_another_branch() {
  new_database
  three_migrations
  in_git
  commit before
  git checkout -q --orphan other
  migration 0003_total 'alter table orders add column total int;'
  commit other
  embark migrate
  git checkout -q main
  embark verify
  matches "from there" '^- alter table orders add column total int;$' "$(cat "$out")"
}

it_shows_a_part_of_a_long_difference() {
  new_database
  in_git
  seq 1 60 | sed 's/.*/select &;/' | migration 0001_many
  commit before
  embark migrate
  seq 101 160 | sed 's/.*/select &;/' | migration 0001_many
  embark verify
  is "so many lines" 24 "$(grep -c '^[-+] ' "$out")"
  matches "and the rest" '^  \([0-9]+ more lines\)$' "$(cat "$out")"
}

it_does_not_mind_line_endings() {
  new_database
  three_migrations
  embark migrate
  sed -i 's/$/\r/' migrations/*.sql
  embark verify
  exits 0
}

it_tells_what_is_missing() {
  new_database
  three_migrations
  embark migrate
  rm migrations/0002_orders.sql
  embark verify
  exits 4
  matches "which" '^missing 0002_orders$' "$(cat "$out")"
  embark verify --json
  json "which" '[["0002_orders","missing"]]' '[.differences[] | [.tag, .state]]'
}

it_shows_what_lies_around_a_change() {
  new_database
  in_git
  seq 1 40 | sed 's/.*/select &;/' | migration 0001_many
  commit before
  embark migrate
  seq 1 40 | sed 's/^10$/100/; s/^30$/300/; s/.*/select &;/' | migration 0001_many
  embark verify
  is "two changes, and what is between them" "  select 8;   select 9; - select 10; + select 100;   select 11; \
  select 12;   ...   select 28;   select 29; - select 30; + select 300;   select 31;   select 32;" \
    "$(tail -n +2 "$out" | paste -sd ' ')"
}
