#!/bin/sh
# A runner that cannot fail proves nothing. Copies of good traces get one wrong
# line each, and the runner must name the trace and that line.
#
# usage: wrong_traces_test.sh RUNNER TRACES
set -eu
runner=$1
traces=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "FAILED: $1"
  exit 1
}

# expect NAME WANTED: the runner fails on the folder and prints WANTED.
expect() {
  if output=$("$runner" "$folder"); then
    fail "$1: the runner passed"
  fi
  echo "$output" | grep -q "$2" || fail "$1: no '$2' in: $output"
  rm -f "$folder"/*
}

# The first line that has something online, by number.
line_with_online() {
  grep -n '"online":{[^}]*\["' "$1" | head -n 1 | cut -d: -f1
}

good=$traces/ordered-0002.jsonl
line=$(line_with_online "$good")

sed "${line}s/\"online\":{\"\([a-z]*\)\":\[\"/\"online\":{\"\1\":[\"nobody\/x\/y\/1\",\"/" \
  "$good" > "$folder/missing.jsonl"
cp "$good" "$folder/good.jsonl"
expect 'a presence too few' "missing.jsonl: line $line: .*-nobody/x/y/1"

cp "$good" "$folder/good.jsonl"
"$runner" "$folder" | grep -q '^1 passed, 0 failed$' || fail 'a good trace'

sed "${line}s/\"op\":\"[a-z_]*\"/\"op\":\"dance\"/" "$good" \
  > "$folder/unknown.jsonl"
expect 'an unknown operation' "unknown.jsonl: line $line: "

head -n 3 "$good" > "$folder/broken.jsonl"
echo '{"op":"join",' >> "$folder/broken.jsonl"
expect 'a line that is no JSON' 'broken.jsonl: line 4: '

: > "$folder/empty.jsonl"
expect 'an empty trace' 'empty.jsonl: line 1: no header'

last=$(wc -l < "$traces/lossy-0001.jsonl")
sed "${last}s/\[\"[^\"]*\",*/[/" "$traces/lossy-0001.jsonl" \
  > "$folder/converged.jsonl"
expect 'a presence too many at the end' "converged.jsonl: line $last: "

"$runner" "$folder" > /dev/null && fail 'an empty folder passed'
echo 'OK'
