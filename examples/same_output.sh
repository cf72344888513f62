#!/usr/bin/env bash
# same_output.sh EXPECTED PROGRAM ARGUMENT...: fails when the program prints something else, or fails itself.
set -euo pipefail
expected=$1
shift
diff "$expected" <("$@" || echo "failed with status $?")
