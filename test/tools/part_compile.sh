# What is generated compiles without a warning, as C99, C11, and its header as C++; and says what it
# should, byte for byte.
cflags="-Wall -Wextra -Wpedantic -Wconversion -Werror -I$root/include $(pkg-config --cflags libpq 2>/dev/null)"
compile() {
  for std in c99 c11; do
    # shellcheck disable=SC2086 # flags are words
    ${CC:-cc} -std=$std $cflags -c out/m.c -o out/m.o > "$work/cc" 2>&1
    is "compiles as $std: $1" "" "$(cat "$work/cc")"
  done
}

fresh
"$BUNDLE" m -o out/m.c; compile "three migrations"
"$BUNDLE" m -o out/m.c --ledger drizzle --function go --symbol all_of_it --ledger-table 'a b.c\d'; compile "Drizzle ledger"
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

# A program that prints its bundle, with what the file refers to but does not need.
fresh
printf '\357\273\277select 1 ;\r\n\r\n/* c */ select 2 -- last\r\n' > m/0001_a.sql
printf 'copy a from stdin;\n1\n2' > m/0002_b.sql
"$BUNDLE" m -o out/m.c --function go --symbol all_of_it
cp "$here/print_bundle.c" out/
# shellcheck disable=SC2086
if ${CC:-cc} -std=c11 $cflags -Iout out/print_bundle.c out/m.c -o out/print > "$work/cc" 2>&1; then
  out/print > "$work/print"
  same "the bundle's content" "$golden/print.out" "$work/print"
else
  fail "the bundle's content" "$(cat "$work/cc")"
fi
