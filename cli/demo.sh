#!/bin/sh
# demo.sh EMU KERNEL INITRD: boots Debian's riscv64 kernel. With a terminal the guest gives a shell;
# without one it prints its greeting and powers off.
set -eu
emu=$1 kernel=$2 initrd=$3
shift 3

boot() {  # boot COMMAND-LINE FLAGS...
  append=$1
  shift
  "$emu" -M riscv-virt -m 256M -kernel "$kernel" -initrd "$initrd" -append "$append" -nographic "$@"
}

if [ -t 0 ]; then
  echo "Booting Debian's riscv64 kernel: 'poweroff -f' in the guest ends it, Ctrl-A X quits, Ctrl-A H helps." >&2
  boot "console=ttyS0" "$@"
else
  echo "Booting Debian's riscv64 kernel once: there is no terminal to give it." >&2
  boot "console=ttyS0 emu.once" "$@" </dev/null
fi
