#!/bin/sh
# run_guest.sh EMU PROGRAM FLAGS...: a bare-metal program that says by its exit code how it went.
emu=$1
program=$2
shift 2
"$emu" -M riscv-virt -bios none -kernel "$program" -nographic -serial null -monitor none "$@" < /dev/null
status=$?
[ $status -eq 0 ] || echo "$program $*: exit code $status (the line of the check that failed, modulo 256)"
exit $status
