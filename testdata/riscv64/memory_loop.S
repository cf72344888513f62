// Nothing but memory accesses in a loop, for measuring: 4 MiB, word by word, read and written, 8 times.
  .section .text.start, "ax"
  .globl _start
_start:
  csrr  t0, mhartid
  bnez  t0, park
  li    a1, 8
pass:
  li    a2, 0x80100000
  li    a3, 0x80500000
step:
  .irp at, 0, 8, 16, 24
  ld    a4, \at(a2)
  sd    a3, \at(a2)
  .endr
  addi  a2, a2, 32
  bltu  a2, a3, step
  addi  a1, a1, -1
  bnez  a1, pass

  li    a0, 0x100000            // sifive-test: power off
  li    a1, 0x5555
  sw    a1, 0(a0)
park:
  wfi
  j     park
