// Leaves a signature and ends through the host interface.
  .section .text.start, "ax"
  .globl _start
_start:
  la    t0, begin_signature
  li    t1, 0x11223344
  sw    t1, 4(t0)
  li    t1, 1
  la    t0, tohost
  sd    t1, 0(t0)
1:
  j     1b

  .section .tohost, "aw"
  .globl tohost
tohost:
  .dword 0

  .data
  .balign 16
  .globl begin_signature
begin_signature:
  .word 0xdeadbeef, 0, 0x00000001, 0x80000000
  .globl end_signature
end_signature:
