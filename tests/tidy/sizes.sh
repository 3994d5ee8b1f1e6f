#!/usr/bin/env bash
# How long files and functions may be. Run it from the root of the
# repository; it prints each one that is longer as file:line: text.
set -euo pipefail

find crdt text messages actors include app tests \
  \( -name '*.cpp' -o -name '*.hpp' \) -not -path '*/node_modules/*' | sort |
  xargs awk '
    function complain(text) {
      printf "%s:%d: %s\n", FILENAME, FNR, text
      broken = 1
    }
    FNR == 1 { is_function = 0 }
    FNR == 401 { complain("more than 400 lines; split the file") }
    # With our format a function of a namespace starts in the first column and
    # ends with a brace there.
    /^[A-Za-z]/ && !/^(namespace|class|struct|enum|union|extern)/ && !is_function {
      start = FNR
      is_function = 1
    }
    /;$/ && FNR == start { is_function = 0 }
    /^}$/ {
      if (is_function && FNR - start >= 70)
        complain("function of " FNR - start + 1 " lines; at most 70")
      is_function = 0
    }
    /^};/ { is_function = 0 }
    END { exit broken }'
