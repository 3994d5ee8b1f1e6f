#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy; what it finds is an error.
# Without clang-tidy it does nothing.
#   tests/tidy/clang_tidy.sh BUILD_FOLDER [--all | FILE...]
# Without a second argument it looks at the pure code, without the analyzer of
# clang, which takes as long as all the rest: two or three minutes. With --all it
# does everything to the whole tree, which takes the better part of an hour.
# BUILD_FOLDER holds compile_commands.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
shift
tidy=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [ -z "$tidy" ]; then
  echo "clang-tidy is not here; nothing was checked"
  exit 77
fi
options=
case ${1-} in
'')
  files=$(find crdt text -name '*.cpp')
  options=--checks=-clang-analyzer-*
  ;;
--all) files=$(find crdt text messages actors app tests -name '*.cpp' \
  -not -path '*/node_modules/*' -not -path 'tests/package/*') ;;
*) files=$* ;;
esac
# The precompiled headers of g++ are nothing to clang.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E 's/ -Winvalid-pch//g; s/ -include [^ ]*cmake_pch\.hxx//g' \
  "$build/compile_commands.json" >"$commands/compile_commands.json"
# shellcheck disable=SC2086
printf '%s\n' $files | sort |
  xargs -P "$(nproc)" -n 1 "$tidy" -p "$commands" --quiet $options
