#!/usr/bin/env bash
# Doxygen reads the public headers: a comment that it cannot take, or a public
# name without one, is an error. Run it from the root of the repository; it prints
# each as file:line: text. Without Doxygen there is nothing to run, and it says so.
set -euo pipefail

if ! command -v doxygen >/dev/null; then
  echo "no doxygen here: the reference is not checked"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The pages take most of the time and are not looked at here; XML is the least
# that makes Doxygen read everything.
{
  cat docs/Doxyfile
  echo "OUTPUT_DIRECTORY = $work"
  echo "GENERATE_HTML = NO"
  echo "GENERATE_XML = YES"
} | doxygen -
