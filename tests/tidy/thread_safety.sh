#!/usr/bin/env bash
# Clang's analysis of thread safety: what a lock guards is touched only with
# the lock held. Run it from the root of the repository; it prints each broken
# rule. Without clang there is nothing to run, and it says so.
set -euo pipefail

clang=$(command -v clang++-14 || command -v clang++ || true)
if [ -z "$clang" ]; then
  echo "no clang++ here: the analysis is skipped"
  exit 77
fi

# Whoever includes the macros is analysed, or a class that is guarded by them.
guarded="thread_safety|shard_table|watch_table|hook_runner|shard_inbox"
files=$(grep -lrE "#include \"actors/($guarded)\.hpp\"" actors \
  --include='*.cpp' | sort)
for file in $files; do
  "$clang" -std=c++20 -fsyntax-only -I. -Iinclude -Wthread-safety \
    -Werror=thread-safety "$file"
done
