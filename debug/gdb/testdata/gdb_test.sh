#!/bin/sh
# gdb_test.sh EMU PROGRAM SCRIPT FILECHECK OSABI FLAGS...: Debian's gdb against emu, and what it prints against the CHECK
# lines of its script. OSABI is gdb's setting.
root=$PWD
emu=$root/$1
program=$root/$2
script=$root/$3
filecheck=$4
osabi=$5
shift 5
if ! command -v gdb-multiarch > /dev/null; then
  echo "SKIPPED: gdb-multiarch is not installed; nothing was tested"
  exit 0
fi
cd "$TEST_TMPDIR" || exit 1
"$emu" -M riscv-virt -bios none -kernel "$program" -serial file:serial -monitor none -S -gdb unix:gdb.sock "$@" \
  < /dev/null &
emulator=$!
until [ -S gdb.sock ] || ! kill -0 $emulator; do sleep 0.02; done
HOME=$TEST_TMPDIR timeout 200 gdb-multiarch -q -batch -nx -ex "directory $root" -ex "set pagination off" -ex "set confirm off" \
  -ex "set osabi $osabi" -ex "set remotetimeout 60" -x "$script" "$program" > out 2>&1
kill $emulator 2> /dev/null
wait $emulator
status=$?
if ! "$filecheck" "$script" < out; then
  cat out
  exit 1
fi
[ $status -eq 42 ] || echo "emu ended with status $status, expected the guest's: 42"
[ $status -eq 42 ]
