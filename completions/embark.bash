# Completion of embark(1) for bash. Options are those that `embark COMMAND --help` lists.
# shellcheck shell=bash

# What embark lists of itself: its commands, or the options of one with the name of their value.
_embark_commands() { # PROGRAM
  command "$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  *[a-z].*/\1/p'
}

_embark_options() { # PROGRAM COMMAND
  command "$1" "$2" --help 2>/dev/null |
    sed -nE 's/^  (-[a-z], |    )?(--[a-z-]+)( [A-Z][A-Za-z.]*)?.*/\2\3/p'
}

# The tags of the folder that the command line names.
_embark_tags() { # PROGRAM WORD...
  local program=$1 dir=migrations
  shift
  while [ $# -gt 0 ]; do
    case $1 in
    --dir) # bash takes = for a word of its own
      [ "${2-}" != = ] || shift
      dir=${2-$dir}
      ;;
    --dir=*) dir=${1#--dir=} ;;
    esac
    shift
  done
  command "$program" bundle "${dir/#\~/$HOME}" --list 2>/dev/null | awk '$1 ~ /^[0-9]+$/ { print $2 }'
}

_embark_rules() { # PROGRAM
  command "$1" lint --rules 2>/dev/null | sed -n '2,$s/ .*//p'
}

# Words with commas between them: what is before the last comma stays.
_embark_hazards() { # CURRENT
  local words="destructive rewrites blocks-writes blocks-reads data-change unclassified" before=
  case $1 in
  *,*) before=${1%,*}, ;;
  *) words="$words all none" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "${1##*,}")
}

# The candidates for a value of this kind: the word behind the option in the help.
_embark_value() { # KIND CURRENT PROGRAM WORD...
  local kind=$1 current=$2
  shift 2
  case $kind in
  DIR)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
    ;;
  FILE*)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    ;;
  TAG) mapfile -t COMPREPLY < <(compgen -W "$(_embark_tags "$@")" -- "$current") ;;
  KIND) mapfile -t COMPREPLY < <(compgen -W "native drizzle drizzle-tag" -- "$current") ;;
  POLICY) mapfile -t COMPREPLY < <(compgen -W "refuse assume" -- "$current") ;;
  HAZARDS) _embark_hazards "$current" ;;
  TIME) mapfile -t COMPREPLY < <(compgen -W "500ms 5s 1min none" -- "$current") ;;
  LEVEL) mapfile -t COMPREPLY < <(compgen -W "error warning note never" -- "$current") ;;
  FORMAT) mapfile -t COMPREPLY < <(compgen -W "text json sarif github" -- "$current") ;;
  RULE) mapfile -t COMPREPLY < <(compgen -W "$(_embark_rules "$1")" -- "$current") ;;
  *) COMPREPLY=() ;;
  esac
}

_embark() {
  local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]-} current=${COMP_WORDS[COMP_CWORD]}
  local before=${COMP_WORDS[COMP_CWORD - 1]} options kind
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_embark_commands "$program") --help --version" -- "$current")
    return
  fi
  if [ "$current" = = ]; then
    current=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $before in
  -d) before=--database ;;
  -o) before=--output ;;
  esac
  options=$(_embark_options "$program" "$command")
  kind=$(awk -v name="$before" '$1 == name { print $2 }' <<<"$options")
  if [ -n "$kind" ]; then
    _embark_value "$kind" "$current" "$program" "${COMP_WORDS[@]:2}"
  elif [ "${current:0:1}" = - ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(awk '{ print $1 }' <<<"$options")" -- "$current")
  elif [ "$command" = accept ]; then
    _embark_value TAG "$current" "$program" "${COMP_WORDS[@]:2}"
  elif [ "$command" = bundle ] || [ "$command" = lint ]; then
    _embark_value DIR "$current" "$program"
  else
    mapfile -t COMPREPLY < <(compgen -W "$(awk '{ print $1 }' <<<"$options")" -- "$current")
  fi
}

complete -F _embark embark
