#!/usr/bin/env bash
# compare.sh RUNNER EMU KERNEL BUSYBOX INITRAMFS-SCRIPT INIT COMPILER-FLAGS SOURCE... -- FLAG...: builds the kernels for this machine and
# for the guest, and runs them here, in Debian's kernel under emu and under every QEMU given, in turn, and prints a table.
set -euo pipefail
cd_back=${BUILD_WORKING_DIRECTORY:-$PWD}
runner=$1 emu=$(realpath "$2") kernel=$3 busybox=$4 initramfs=$5 init=$6 compiler_flags=$7
shift 7
sources=()
while [ "$1" != -- ]; do
  case $1 in *.c) sources+=("$1") ;; esac
  shift
done
shift

die() { echo "compare: $*" >&2; exit 1; }
usage="--guest riscv64, --qemu 'COMMAND', --runs N, --kernel NAME|CLASS, --counters yes, --svg FILE, --json FILE"
at() { case $1 in /*) echo "$1" ;; *) echo "$cd_back/$1" ;; esac; }

counters=no guest=riscv64 qemus=() wanted=() flags=()
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || die "$1: no value, or an unknown flag: expected $usage"
  case $1 in
    --guest) guest=$2 ;;
    --qemu) qemus+=("$2") ;;
    --counters) counters=$2 ;;
    --kernel) wanted+=("$2") ;;
    --runs) flags+=("$1" "$2") ;;
    --svg | --json) flags+=("$1" "$(at "$2")") ;;
    *) die "unknown flag $1: expected $usage" ;;
  esac
  shift 2
done
case $guest in
  riscv64) cross=riscv64-linux-gnu board=riscv-virt qemu_board=virt packages="gcc-riscv64-linux-gnu libc6-dev-riscv64-cross" ;;
  *) die "--guest $guest: expected riscv64" ;;
esac

# The test command needs no cross compiler, so ./bazelw does not install it.
install_compiler() {
  local as_root=
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  echo "compare: installing with apt-get: $packages (the compiler for the guest)" >&2
  $as_root apt-get -q update </dev/null >&2 && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y install --no-install-recommends $packages </dev/null >&2 || die "as root: apt-get install $packages"
}
command -v "$cross-gcc" >/dev/null || install_compiler

work=$(mktemp -d "${EMU_BENCH_DIR:-${TMPDIR:-/tmp}}/emu-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
build() { "$1" $(grep -v '^#' "$compiler_flags") -static "${sources[@]}" -lm -o "$2"; }
build gcc "$work/native"
build "$cross-gcc" "$work/kernels"
"$work/native" --list >"$work/list"
for k in "${wanted[@]}"; do
  grep -qE "^$k | $k " "$work/list" || die "--kernel $k: expected one of" $(cut -d' ' -f1 "$work/list") "or a class of" \
    $(cut -d' ' -f2 "$work/list" | uniq)
done

# A second archive behind the first is unpacked over it.
cp "$kernel" "$work/kernel"
bash "$initramfs" "$busybox" "$init" "$work/initrd.gz"
(cd "$work" && echo kernels | cpio -o -H newc -R 0:0 --quiet | gzip -1n >>initrd.gz)

version_of() { $1 --version 2>/dev/null </dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p'; }
machine="-m 256M -nographic -kernel $work/kernel -initrd $work/initrd.gz -append 'console=ttyS0 quiet -- ${wanted[*]}'"
for i in "${!qemus[@]}"; do
  name=qemu-$(version_of "${qemus[$i]}")
  case " ${flags[*]} " in *" $name "*) name+="-$((i + 1))" ;; esac
  echo "$name: ${qemus[$i]}"
  flags+=(--other "$name" "${qemus[$i]} -M $qemu_board -smp 1 -no-reboot $machine")
done
if [ "$counters" = yes ]; then
  flags+=(--counters "$emu -M $board -qmp unix:$work/qmp,server=on,wait=off $machine" "$work/qmp")
fi
"$runner" --native "$work/native --wait ${wanted[*]}" --ours emu "$emu -M $board $machine" \
  --kernel-list "$work/list" "${flags[@]}"
