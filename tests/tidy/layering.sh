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

include='^ *# *include *[<"]'

forbid "crdt is pure: only crdt/ and the standard library" \
  "$include(messages|actors|app|tests)/|$include[a-z_]+/[^>]*>" crdt
forbid "crdt takes time and chance as arguments" \
  '(system|steady|high_resolution)_clock|random_device|std::thread' crdt
forbid "actors live by monotonic time" 'system_clock' actors messages
forbid "messages know crdt and public types only" \
  "$include(actors|app|tests|boost)/" messages
forbid "the public API shows neither Boost nor what is above it" \
  "$include(actors|app|tests|boost)/" include
forbid "actors know nothing of the app" "$include(app|tests)/" actors
forbid "the gateway is a user of the public API" \
  "$include(actors|messages|crdt|tests|app/node)/" app/gateway
forbid "the node is a user of the public API and the gateway" \
  "$include(actors|messages|crdt|tests)/" app/node
forbid "a TODO names its issue" '\b(TODO|FIXME)\b[^#]*$' \
  crdt messages actors include app tests
exit "$broken"
