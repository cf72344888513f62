#!/usr/bin/env bash
# boot.sh RUNNER EMU KERNEL BUSYBOX INITRAMFS-SCRIPT INIT [--runs N] [--qemu 'COMMAND']...: boots the same kernel to the same work
# under emu and every QEMU given (a command up to, and without, the machine's flags), in turn, and prints a table.
set -euo pipefail
runner=$1 emu=$2 kernel=$(realpath "$3") busybox=$4 initramfs=$5 init=$6
shift 6
work=$(mktemp -d "${EMU_BENCH_DIR:-${TMPDIR:-/tmp}}/emu-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$kernel" "$work/kernel"
bash "$initramfs" "$busybox" "$init" "$work/initrd.gz"

machine="-m 256M -nographic -kernel $work/kernel -initrd $work/initrd.gz -append 'console=ttyS0 quiet'"
flags=(--ours emu "$(realpath "$emu") -M riscv-virt $machine")
qemus=()
while [ $# -gt 0 ]; do
  case $1 in
    --qemu)
      qemus+=("$2")
      flags+=(--other "qemu${#qemus[@]}" "$2 -M virt -smp 1 -no-reboot $machine")
      ;;
    --runs | --svg | --json) flags+=("$1" "$2") ;;
    *) echo "boot.sh: unknown flag $1: expected --runs N, --svg FILE, --json FILE, --qemu 'COMMAND'" >&2; exit 1 ;;
  esac
  shift 2
done
for i in "${!qemus[@]}"; do echo "qemu$((i + 1)): ${qemus[$i]}"; done
"$runner" "${flags[@]}"
