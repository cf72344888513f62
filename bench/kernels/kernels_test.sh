#!/usr/bin/env bash
# kernels_test.sh KERNELS EXPECTED: each kernel gives the checksum that is written down, alone and after all others, whatever its turn.
set -euo pipefail
kernels=$1 expected=$2
fail() { echo "$*"; exit 1; }

"$kernels" --iterations 3 | diff - "$expected" || fail "checksums (>: expected) are others"
"$kernels" --list | cut -d' ' -f1 | diff - <(cut -d' ' -f1 "$expected") || fail "not every kernel has an expected checksum"
for kernel in $(cut -d' ' -f1 "$expected" | sort); do
  "$kernels" --iterations 3 "$kernel" | diff - <(grep "^$kernel " "$expected") || fail "$kernel alone differs"
done

# With marks, a line is awaited after each of them.
marks=$(yes '' | "$kernels" --wait --iterations 3 crc fp) || true
[ "$(grep -c '^@begin nothing$' <<<"$marks")" -ge 1 ] || fail "no mark of the empty kernel in: $marks"
grep -qx "@end crc $(sed -n 's/^crc //p' "$expected")" <<<"$marks" || fail "no mark of crc in: $marks"
[ "$(grep -c '^@begin' <<<"$marks")" = "$(grep -c '^@end' <<<"$marks")" ] || fail "marks do not pair: $marks"
