#!/usr/bin/env bash
# soak.sh RUNNER EMU KERNEL BUSYBOX INITRAMFS-SCRIPT INIT TREE FLAG...: runs stress-ng's verifying stressors in Debian's
# kernel for some minutes, with a code cache that is full again and again.
set -euo pipefail
runner=$1 emu=$(realpath "$2") kernel=$(realpath "$3") busybox=$4 initramfs=$5 init=$6 tree=$7
shift 7

die() { echo "soak: $*" >&2; exit 1; }
minutes=20 cache=8M flags=
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || die "$1: no value, or an unknown flag: expected --minutes N, --jit-cache SIZE, --emu-flags 'FLAGS'"
  case $1 in
    --minutes) minutes=$2 ;;
    --jit-cache) cache=$2 ;;
    --emu-flags) flags=$2 ;;
    *) die "unknown flag $1: expected --minutes N, --jit-cache SIZE, --emu-flags 'FLAGS'" ;;
  esac
  shift 2
done
[[ $minutes =~ ^[1-9][0-9]*$ ]] || die "--minutes $minutes: expected a whole number, 1 or more"

work=$(mktemp -d "${TMPDIR:-/tmp}/emu-soak.XXXXXX")
trap 'rm -rf "$work"' EXIT
bash "$initramfs" "$busybox" "$init" "$work/initrd.gz"
cat "$tree" >>"$work/initrd.gz" # a second archive is unpacked over the first
"$runner" "$emu -M riscv-virt -m 512M -jit-cache $cache $flags -nographic -qmp unix:$work/qmp,server=on,wait=off \
  -kernel $kernel -initrd $work/initrd.gz -append 'console=ttyS0 quiet -- $((minutes * 60))'" "$work/qmp"
