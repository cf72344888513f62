#!/usr/bin/env bash
# micro_test.sh MICRO: every benchmark runs, and none says that something is wrong.
set -euo pipefail
said=$("$1" --benchmark_min_time=0.000001 2>&1)
for part in Flatten Load Dispatch TlbFill Walk Lift Compile Emit; do
  grep -q "^$part" <<<"$said" || { echo "no benchmark $part in: $said"; exit 1; }
done
if grep -qi error <<<"$said"; then
  echo "$said"
  exit 1
fi
