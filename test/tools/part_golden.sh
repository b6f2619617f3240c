# Every folder in test/golden is run from inside, so that messages have no paths of this machine.
for dir in "$golden"/*/; do
  name=$(basename "$dir")
  fresh; old_output
  cd "$dir" || exit 2
  want=2; [ -f status ] && want=$(cat status)
  # shellcheck disable=SC2046 # args holds words
  "$BUNDLE" folder -o "$work/t/out/m.c" $(cat args 2>/dev/null) > "$work/stdout" 2> "$work/stderr"
  is "golden $name: exit status" "$want" $?
  cd "$work/t" || exit 2
  same "golden $name" "$dir/stderr" "$work/stderr"
  [ "$want" = 0 ] || untouched "golden $name"
done

# The command line: each line of usage.in is one.
fresh
: > "$work/usage"
while IFS= read -r line; do
  echo "\$ embark-bundle $line" >> "$work/usage"
  eval "\"\$BUNDLE\" $line" >> "$work/usage" 2>&1
  echo "= $?" >> "$work/usage"
done < "$golden/usage.in"
same "command line" "$golden/usage.out" "$work/usage"

ln -s "$BUNDLE" another-name
is "the command line: its name is what it was called by" "usage: another-name DIR -o FILE.c [options]" \
  "$(./another-name --help | head -n 1)"
is "the command line: messages begin with that name" "another-name: no folder is given" \
  "$(./another-name 2>&1 | head -n 1)"
