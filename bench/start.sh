#!/usr/bin/env bash
# start.sh EMU KERNEL [--runs N] [--qemu 'COMMAND']...: how long emu and every QEMU given take from their start until the
# guest's first instruction is next, with a kernel in RAM. The guest is not let go (-S); the first command to the
# monitor ends it. Prints the least of N runs of each.
set -euo pipefail
emu=$(realpath "$1") kernel=$(realpath "$2") runs=20
shift 2
work=$(mktemp -d "${EMU_BENCH_DIR:-${TMPDIR:-/tmp}}/emu-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$kernel" "$work/kernel"

commands=("$emu -M riscv-virt")
while [ $# -gt 0 ]; do
  case $1 in
    --qemu) commands+=("$2 -M virt") ;;
    --runs) runs=$2 ;;
    *) echo "start.sh: unknown flag $1: expected --runs N, --qemu 'COMMAND'" >&2; exit 1 ;;
  esac
  shift 2
done

least_us() {
  local least= began took
  for ((run = 0; run < runs; ++run)); do
    began=${EPOCHREALTIME/./}
    eval "$1 -m 256M -kernel $work/kernel -display none -serial null -monitor stdio -S" <<<quit >/dev/null
    took=$((${EPOCHREALTIME/./} - began))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least"
}

for command in "${commands[@]}"; do
  us=$(least_us "$command")
  printf '%4d.%d ms  %s\n' $((us / 1000)) $((us % 1000 / 100)) "$command"
done
