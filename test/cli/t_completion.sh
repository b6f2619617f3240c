# shellcheck shell=bash disable=SC2154,SC2034 # of lib.sh
# Completion, and that manual and completions know every command and option that there is: the lists
# come from the command's own help.

all_commands() {
  "$build/embark" --help | sed -nE 's/^  ([a-z]+) +[a-z].*/\1/p'
}

options_of() { # COMMAND
  "$build/embark" "$1" --help | sed -nE 's/^  (-[a-z], |    )?(--[a-z-]+).*/\2/p'
}

# What bash offers for the last of the words.
offers() { # WORD...
  (
    # shellcheck source=completions/embark.bash
    . "$root/completions/embark.bash"
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _embark
    printf '%s\n' "${COMPREPLY[@]}"
  )
}

# What zsh is told: its own functions are replaced by ones that print their arguments.
zsh_offers() { # WORD...
  zsh -f -c '
    _arguments() { print -rl -- "$@" }
    _describe() { print -rl -- ${(P)4} }
    _call_program() { shift; eval "$@" }
    compadd() { print -rl -- ${(P)2} }
    file=$1; shift
    words=("$@"); CURRENT=$#
    . $file
  ' zsh "$root/completions/_embark" "$@" 2>&1
}

# --- bash ----------------------------------------------------------------------------------------

it_offers_commands() {
  status=0
  is "all" "$(all_commands; echo --help; echo --version)" "$(offers embark '')"
  is "some" "accept
adopt" "$(offers embark a | sort)"
}

it_offers_the_options_of_each_command() {
  local command
  status=0
  for command in $(all_commands); do
    is "$command" "$(options_of "$command" | sort)" "$(offers embark "$command" -- | sort)"
  done
}

it_offers_values() {
  status=0
  three_migrations
  mkdir sub
  is "tags" "0001_users 0002_orders 0003_total" "$(offers embark migrate --to '' | xargs)"
  is "a tag" "0002_orders" "$(offers embark revert --yes --to 0002)"
  is "with =" "0002_orders" "$(offers embark revert --to = 0002)"
  is "directly behind =" "0001_users 0002_orders 0003_total" "$(offers embark plan --to = | xargs)"
  is "a tag to approve" "0002_orders" "$(offers embark script --approve 0001_users --approve 0002)"
  is "an argument" "0003_total" "$(offers embark accept 0003)"
  mv migrations sub
  is "no folder" "" "$(offers embark migrate --to '')"
  is "another folder" "0001_users" "$(offers embark migrate --dir sub/migrations --to 0001)"
  is "another folder, with =" "0001_users" "$(offers embark adopt --dir = sub/migrations --up-to 0001)"
  is "folders" sub "$(offers embark migrate --dir '')"
  is "ledgers" "drizzle
drizzle-tag" "$(offers embark status --ledger d)"
  is "a hazard" "blocks-writes blocks-reads" "$(offers embark plan --forbid b | xargs)"
  is "hazards" "destructive,rewrites" "$(offers embark bundle sub --forbid destructive,r)"
  is "all of them" all "$(offers embark migrate --forbid = a)"
  is "severities" "error warning note never" "$(offers embark lint --fail-on '' | xargs)"
  is "formats" "sarif" "$(offers embark lint --format s)"
  is "rules" "drop-table" "$(offers embark lint --explain drop-tab)"
  is "a folder to lint" sub "$(offers embark lint '')"
  is "nothing for a URI" "" "$(offers embark status -d '')"
  is "a folder to bundle" sub "$(offers embark bundle '')"
  is "a file" "sub" "$(offers embark bundle sub -o s)"
}

# --- zsh -----------------------------------------------------------------------------------------

it_offers_the_same_in_zsh() {
  local command
  status=0
  if ! command -v zsh >/dev/null; then
    echo "skip $current_test: there is no zsh"
    return
  fi
  is "its syntax" "" "$(zsh -n "$root/completions/_embark" 2>&1)"
  is "commands" "$(all_commands)" "$(zsh_offers embark '' | grep -v '^--' | sed 's/:.*//')"
  for command in $(all_commands); do
    is "$command" "$(options_of "$command" | sort)" \
      "$(zsh_offers embark "$command" '' | sed -nE 's/^(--[a-z-]+).*/\1/p' | sort)"
  done
  three_migrations
  is "a value" '--to=[stop at this migration the last one applied, or the]:TAG:_embark_tags' \
    "$(zsh_offers embark migrate '' | grep '^--to')"
  is "hazards" HAZARDS:_embark_hazards "$(zsh_offers embark plan '' | sed -n 's/^--forbid=.*\]://p')"
  is "without a value" '--single[only the next one]' "$(zsh_offers embark migrate '' | grep '^--single')"
}

# --- the manual ----------------------------------------------------------------------------------

it_has_everything_in_the_manual() {
  local command option page=$root/docs/man/embark.1
  status=0
  for command in $(all_commands); do
    matches "$command" "^\\.It Cm $command( |\$)" "$(cat "$page")"
    [ "$command" != bundle ] || continue
    for option in $(options_of "$command"); do
      matches "$option" "^\\.It Fl .*-${option#--}( |\$)" "$(sed 's/ ,/ /g' "$page")"
    done
  done
}

it_has_nothing_in_the_manual_that_is_not_there() {
  local known option
  status=0
  known=$(for command in $(all_commands); do options_of "$command"; done | sort -u)
  # shellcheck disable=SC2013 # words, none with a blank in it
  for option in $(sed -nE 's/^\.It (Fl .*)/\1/p' "$root/docs/man/embark.1" | grep -oE -- ' -[a-z][a-z-]+' | sort -u); do
    is "-$option" "-$option" "$(grep -x -- "-$option" <<<"$known")"
  done
}
