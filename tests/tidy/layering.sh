#!/usr/bin/env bash
# Who may include whom, and what pure code may not touch. Run it from the root
# of the repository; it prints each broken rule as file:line: text.
#
#   app/node -> app/gateway -> include/rollcall <- actors -> messages -> crdt
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

include='^ *# *include *[<"]'

# The public headers that are plain C++: values that crdt makes and readers see.
pure='dot|entry|limits|ref_ptr|snapshot'
pure_headers=$(sources include/rollcall | grep -E "/($pure)\\.hpp\$")

forbid_not "crdt is pure: only crdt/, text/utf8, pure public headers, the standard library" \
  "$include[a-z_]+/" "$include(crdt/|text/utf8\\.hpp|rollcall/($pure)\\.hpp)" $(sources crdt)
forbid_not "pure public headers know each other and the standard library only" \
  "$include[a-z_]+/" "${include}rollcall/($pure)\\.hpp" $pure_headers
forbid "crdt takes time and chance as arguments" \
  '(system|steady|high_resolution)_clock|random_device|std::thread' crdt
forbid "actors live by monotonic time" 'system_clock' actors messages
forbid "messages know crdt and public types only" \
  "$include(actors|app|tests|boost)/" messages
forbid_not "the public API stands on itself, CAF and the standard library" \
  "$include[a-z_]+/" "$include(rollcall|caf)/" $(sources include)
forbid_not "text is pure: text/, Boost.JSON and the standard library" \
  "$include[a-z_]+/" "$include(text/|boost/json/|rollcall/json_string)" \
  $(sources text)
forbid "actors know nothing of the app" "$include(app|tests)/" actors
forbid "the gateway is a user of the public API" \
  "$include(actors|messages|crdt|tests|app/node)/" app/gateway
forbid "the node is a user of the public API and the gateway" \
  "$include(actors|messages|crdt|tests)/" app/node
forbid "a TODO names its issue" '\b(TODO|FIXME)\b[^#]*$' \
  crdt text messages actors include app tests
exit "$broken"
