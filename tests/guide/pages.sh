#!/usr/bin/env bash
# What a compiler does not see of the guide: shell and JavaScript snippets can be
# read, fences are of a kind that is tested, links lead somewhere, tests that are
# named exist, tables have no empty cell where each must be filled. Run it from the
# root of the repository; it prints each fault as file: text.
set -euo pipefail
broken=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

complain() { # FILE TEXT
  echo "$1: $2"
  broken=1
}

# Writes what stands between fences of one kind into WORK/0, WORK/1 and so on.
snippets() { # FILE INFO
  rm -f "$work"/[0-9]*
  awk -v info="$2" -v folder="$work" '
    $0 == "```" info { is_inside = 1; file = folder "/" n++; next }
    $0 == "```" { is_inside = 0 }
    is_inside { print >file }' "$1"
  compgen -G "$work/[0-9]*" || true
}

check_snippets() { # FILE
  local snippet
  for snippet in $(snippets "$1" sh); do
    bash -n "$snippet" || complain "$1" "a shell snippet cannot be read"
  done
  for snippet in $(snippets "$1" json); do
    node -e 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))' "$snippet" ||
      complain "$1" "a JSON snippet cannot be read"
  done
}

check_fences() { # FILE
  local kind
  while read -r kind; do
    case $kind in
      '```' | '```cpp' | '```ini' | '```ini backend' | '```sh' | '```json') ;;
      *) complain "$1" "nobody tests a snippet of $kind" ;;
    esac
  done < <(grep -E '^```' "$1")
}

check_links() { # FILE
  local target
  while read -r target; do
    [ -e "$(dirname "$1")/${target%%#*}" ] || complain "$1" "no such file: $target"
  done < <(sed '/^```./,/^```$/d' "$1" | grep -oE '\]\([^)]+\)' |
    sed -E 's/^..//; s/.$//' | grep -v '^https\?:' || true)
}

# A long name in backticks is that of a test, or of something in the sources.
check_names() { # FILE
  local name
  while read -r name; do
    grep -qx "$name" "$work/names" || complain "$1" "nothing has the name $name"
  done < <(grep -oE '`[a-z0-9]+(_[a-z0-9]+){3,}`' "$1" | tr -d '`' | sort -u)
}

# Each row of a table whose last column is `test` has no empty cell and names tests
# that there are.
check_tables() { # FILE
  awk -F ' *[|] *' -v file="$1" -v cases="$work/cases" '
    function complain(text) { print file ": " text ": " $0; broken = 1 }
    BEGIN { while ((getline name < cases) > 0) is_case[name] = 1 }
    !/^\|/ { is_table = 0 }
    /^\|.*\| test \|$/ { is_table = 1; columns = NF; next }
    !is_table || /^\| ---/ { next }
    NF != columns { complain("a row of " NF - 2 " cells") }
    {
      for (i = 2; i < NF; i++)
        if ($i == "") complain("an empty cell")
      if (split($(NF - 1), part, "`") < 3) complain("a row without a test")
      for (i = 2; i in part; i += 2)
        if (!(part[i] in is_case)) complain("no test " part[i])
    }
    END { exit broken }' "$1" || broken=1
}

# The names of all tests, which may stand on a line of their own, and every long
# name that there is.
find tests -name '*.cpp' -not -path '*/node_modules/*' -exec cat {} + | tr '\n' ' ' |
  grep -oE '_CASE\( *[a-z0-9_]+' | sed 's/.*[( ]//' | sort -u >"$work/cases"
grep -rhoE '\b[a-z0-9]+(_[a-z0-9]+){3,}\b' tests include app/node \
  --include='*.cpp' --include='*.hpp' | sort -u >"$work/names"

for page in docs/guide/*.md; do
  check_snippets "$page"
  check_fences "$page"
  check_links "$page"
  check_names "$page"
  check_tables "$page"
done
exit "$broken"
