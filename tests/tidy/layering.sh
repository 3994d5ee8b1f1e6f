#!/usr/bin/env bash
# Who may include whom, as the table in docs/ARCHITECTURE.md says, and what pure
# code may not touch. Run it from the root of the repository; it prints each
# broken rule as file:line: text.
set -euo pipefail
broken=0

sources() { # FOLDER...
  local folder
  for folder in "$@"; do
    if [ -d "$folder" ]; then
      find "$folder" \( -name '*.cpp' -o -name '*.hpp' \) -not -path '*/node_modules/*'
    fi
  done | sort
}

# Fails for each line that matches in a folder.
forbid() { # RULE PATTERN FOLDER...
  local rule=$1 pattern=$2 found files
  shift 2
  files=$(sources "$@")
  [ -n "$files" ] || return 0
  # shellcheck disable=SC2086
  found=$(grep -nHE "$pattern" $files || true)
  if [ -n "$found" ]; then
    printf '%s\n%s\n\n' "$rule:" "$found"
    broken=1
  fi
}

# Fails for each line of the files that matches the first pattern and not the
# second.
forbid_not() { # RULE PATTERN ALLOWED FILE...
  local rule=$1 pattern=$2 allowed=$3 found
  shift 3
  found=$(grep -nHE "$pattern" "$@" | grep -vE "^[^:]*:[0-9]*:${allowed#^}" || true)
  if [ -n "$found" ]; then
    printf '%s\n%s\n\n' "$rule:" "$found"
    broken=1
  fi
}

# The first folder of each include in a folder, with where it stands:
# `actors/shard.cpp:3:crdt`.
included() { # FOLDER
  # shellcheck disable=SC2046
  grep -nHoE '^ *# *include *[<"][a-z_]+/[a-z_]+' $(sources "$1") |
    sed -E 's/ *# *include *[<"]//
            s#:(app/[a-z]+)$#:\1/#
            s#:(app/[a-z]+|[a-z]+)/[a-z_]*$#:\1#
            s#:(arpa|linux|net|netinet|sys)$#:posix#'
}

# One row of the table: a folder, and what it may include.
check_row() { # FOLDER NAME...
  local folder=$1 all wrong name
  shift
  all=$(included "$folder")
  wrong=$(grep -vE ":($(IFS='|' && echo "$*"))\$" <<<"$all" || true)
  if [ -n "$wrong" ]; then
    printf '%s may include %s, says docs/ARCHITECTURE.md:\n%s\n\n' "$folder" "$*" "$wrong"
    broken=1
  fi
  for name in "$@"; do
    if ! grep -qE ":$name\$" <<<"$all"; then
      printf '%s does not include %s, though docs/ARCHITECTURE.md has it\n\n' "$folder" "$name"
      broken=1
    fi
  done
}

rows=0
while IFS='|' read -r _ folder names _; do
  # shellcheck disable=SC2086
  check_row $(tr -d '` ' <<<"${folder%/*}") ${names//\`/}
  rows=$((rows + 1))
done < <(sed -n '/^## Who may include whom/,/^## /p' docs/ARCHITECTURE.md | grep '^| `')
if [ "$rows" != 8 ]; then
  echo "docs/ARCHITECTURE.md has $rows rows of who may include whom, and not 8"
  broken=1
fi

include='^ *# *include *[<"]'

# The public headers that are plain C++: values that crdt makes and readers see.
pure='dot|entry|leave_reason|limits|ref_ptr|session_policy|snapshot|topic_page'
pure_headers=$(sources include/rollcall | grep -E "/($pure)\\.hpp\$")

forbid_not "crdt is pure: only crdt/, text/pattern, text/utf8, pure public headers, the standard library" \
  "$include[a-z_]+/" "$include(crdt/|text/(pattern|utf8)\\.hpp|rollcall/($pure)\\.hpp)" $(sources crdt)
forbid_not "pure public headers know each other and the standard library only" \
  "$include[a-z_]+/" "${include}rollcall/($pure)\\.hpp" $pure_headers
forbid "crdt takes time and chance as arguments" \
  '(system|steady|high_resolution)_clock|random_device|std::thread' crdt
forbid "actors live by monotonic time" 'system_clock' actors messages
forbid_not "text is pure: text/, Boost.JSON and the standard library" \
  "$include[a-z_]+/" "$include(text/|boost/json/|rollcall/json_string)" \
  $(sources text)
forbid "a TODO names its issue" '\b(TODO|FIXME)\b[^#]*$' \
  crdt text messages actors include app tests
exit "$broken"
