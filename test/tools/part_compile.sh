# What is generated compiles without a warning, as C99, C11, and its header as C++; and says what it
# should, byte for byte.
pq=$(pkg-config --cflags libpq 2>/dev/null)
cflags="-Wall -Wextra -Wpedantic -Wconversion -Werror -I$root/include $pq"
compile() {
  for std in c99 c11; do
    # shellcheck disable=SC2086 # flags are words
    ${CC:-cc} -std=$std $cflags -c out/m.c -o out/m.o > "$work/cc" 2>&1
    is "compiles as $std: $1" "" "$(cat "$work/cc")"
  done
}

fresh
"$BUNDLE" m -o out/m.c; compile "three migrations"
"$BUNDLE" m -o out/m.c --ledger drizzle --forbid destructive,rewrites --function go --symbol all_of_it --ledger-table 'a b.c\d'; compile "Drizzle ledger"
if command -v "${CXX:-c++}" > /dev/null; then
  printf '#include "m.h"\nint f(PGconn *c) { return go(c) + (all_of_it.format == 1u); }\n' > out/m.cc
  # shellcheck disable=SC2086
  ${CXX:-c++} -std=c++11 $cflags -c out/m.cc -o out/m.o > "$work/cc" 2>&1
  is "the header is C++" "" "$(cat "$work/cc")"
fi

fresh; rm m/*; mkdir m/meta; echo '{"entries":[]}' > m/meta/_journal.json
"$BUNDLE" m -o out/m.c; compile "no migrations"
fresh; rm m/*; : > m/1_a.sql
"$BUNDLE" m -o out/m.c; compile "an empty file"
fresh; rm m/*; echo '-- only a comment' > m/1_a.sql
"$BUNDLE" m -o out/m.c; compile "no statements"
fresh; printf 'select 1;' > 'm/3_q"uo\te??( und ä%s.sql'
"$BUNDLE" m -o out/m.c; compile "odd names"

# C promises no literal of 4095 characters: the marks must not be one.
fresh; rm m/*
{ echo '-- embark: no-transaction'; i=0; while [ $i -lt 400 ]; do echo "vacuum t$i;"; i=$((i + 1)); done; } > m/1_a.sql
{ echo '-- embark: no-transaction'; echo 'vacuum;'; } > m/2_b.sql
echo '-- embark: no-transaction' > m/3_c.sql
"$BUNDLE" m -o out/m.c --ledger drizzle; compile "many marks, one, and none"

# memory NAME FOLDER OPTION...: the bundle in memory is the one that was compiled, field by field.
memory() {
  name=$1; shift
  "$BUNDLE" "$@" -o out/memory.c 2> /dev/null
  # shellcheck disable=SC2086
  ${CC:-cc} -shared -fPIC -I"$root/include" $pq out/memory.c -o out/memory.so > "$work/cc" 2>&1
  is "in memory as compiled: $name" "" "$(cat "$work/cc"; "$SAME" out/memory.so "$@" --list 2>&1)"
}

# A program that prints its bundle, with what the file refers to but does not need.
# content NAME GOLDEN: what the bundle of m says, byte for byte.
cp "$here/print_bundle.c" "$work/"
content() {
  "$BUNDLE" m -o out/m.c --function go --symbol all_of_it
  # shellcheck disable=SC2086
  if ${CC:-cc} -std=c11 $cflags -Iout "$work/print_bundle.c" out/m.c -o out/print > "$work/cc" 2>&1; then
    out/print | without_hazards > "$work/print"
    memory "$1" m --function go --symbol all_of_it
    same "$1" "$golden/$2" "$work/print"
  else
    fail "$1" "$(cat "$work/cc")"
  fi
}
fresh
printf '\357\273\277select 1 ;\r\n\r\n/* c */ select 2 -- last\r\n' > m/0001_a.sql
printf 'copy a from stdin;\n1\n2' > m/0002_b.sql
content "the bundle's content" print.out

fresh; rm m/*
cp "$golden/no-transaction-all-kinds/folder/0001_a.sql" m/0001_all_kinds.sql
printf -- '-- embark: no-transaction\r\nbegin;\r\nset role a;\r\ncommit\r\n;set role b' > m/0002_crlf.sql
printf -- '-- embark: no-transaction\nbegin;\nset role a;\ncommit\n;set role b' > m/0003_lf.sql
echo 'select 1;' > m/0004_between.sql
content "without a transaction" print_no_transaction.out

# A Drizzle folder: each line below is a file, as printf writes it.
fresh; rm m/*; mkdir m/meta
i=0; entries=
while read -r line; do
  printf '%b' "$line" > m/000${i}_a.sql
  entries="$entries${entries:+,}{\"tag\":\"000${i}_a\",\"when\":$i}"; i=$((i + 1))
done <<'END'
COMMIT;--> statement-breakpoint\nCREATE INDEX CONCURRENTLY "i" ON "t" ("a");--> statement-breakpoint\nBEGIN;
CREATE TABLE t (a int);\nCOMMIT;--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON t (a)
insert into t values (1);\nEND;\nvacuum;\nBEGIN;\ninsert into t\nvalues (2);\n-- the tail
-- embark: no-transaction\nCOMMIT;\nvacuum;\nCOMMIT;\nvacuum;\nbegin;insert into t values (3);end;begin;
COMMIT;\nBEGIN;
BEGIN;\ninsert into t values (4);\nCOMMIT;
-- embark: no-transaction\nbegin;\ninsert into t values (5);\ncommit;\nvacuum
END
echo "{\"entries\":[$entries]}" > m/meta/_journal.json
content "Drizzle's COMMIT" print_idiom.out

# What reverts a migration.
fresh; rm m/*
printf 'create table a (id int);\ncreate table b (id int);\n' > m/0001_a.sql
printf -- '-- embark: lock-timeout 2s\nbegin;\ndrop table b;\nset role r; drop table a;\ncommit;\n' > m/0001_a.down.sql
echo 'insert into a values (1);' > m/0002_b.sql
echo '-- nothing to undo' > m/0003_c.down.sql
printf -- '-- embark: no-transaction\ncreate index concurrently i on a (id);\n' > m/0003_c.sql
echo 'delete from a;' > m/0004_d.sql
printf 'copy a from stdin;\r\n1\r\n2' > m/0004_d.down.sql
content "what reverts a migration" print_downs.out
"$BUNDLE" m -o out/m.c; compile "what reverts a migration"

# Each folder that bundles, in memory.
fresh
for dir in "$golden"/*/; do
  if [ "$(cat "$dir/status" 2>/dev/null)" = 0 ]; then
    # shellcheck disable=SC2046 # args holds words
    memory "$(basename "$dir")" "$dir/folder" $(cat "$dir/args" 2>/dev/null)
  fi
done
for ledger in native drizzle drizzle-tag; do
  memory "the sample migrations, $ledger" "$root/migrations" --ledger $ledger --component x --adopt assume --forbid destructive
done
fresh; rm m/*; mkdir m/meta; echo '{"entries":[]}' > m/meta/_journal.json
memory "no migrations" m
fresh; rm m/*; : > m/1_a.sql
memory "an empty file" m
