#!/usr/bin/env bash
# Writes the C++ of a page of the guide as a header, so that a test compiles and
# runs it: includes first, then what stands outside of the page's namespace
# (snippets that open one of their own, or list CAF's type ids), then the rest.
# There everything has internal linkage, so the compiler tells which function no
# test calls.
#   tests/guide/snippets.sh docs/guide/PAGE.md HEADER
set -euo pipefail
page=$(basename "$1" .md)
awk -v file="$1" -v page="${page//-/_}" '
  function end_of_snippet() {
    if (is_global) outside = outside text
    else inside = inside text
  }
  /^```cpp$/ {
    is_code = 1
    is_global = 0
    text = sprintf("#line %d \"%s\"\n", FNR + 1, file)
    next
  }
  /^```$/ {
    if (is_code) end_of_snippet()
    is_code = 0
    next
  }
  !is_code { next }
  # An empty line keeps the numbers of those that follow.
  /^#include / { includes = includes $0 "\n"; text = text "\n"; next }
  /^(namespace|CAF_BEGIN_TYPE_ID_BLOCK)/ { is_global = 1 }
  { text = text $0 "\n" }
  END {
    printf "#pragma once\n\n%s\n%s\n", includes, outside
    printf "namespace guide::%s {\nnamespace {\n\n%s\n} // namespace\n", page, inside
    printf "} // namespace guide::%s\n", page
  }' "$1" >"$2"
