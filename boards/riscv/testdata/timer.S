// Ten timer interrupts, 100 ms apart, taken while the hart waits; then powers off. s1 counts them.
  .equ CLINT, 0x2000000
  .section .text.start, "ax"
  .globl _start
_start:
  la    t0, handler
  csrw  mtvec, t0
  li    s0, CLINT + 0x4000      // mtimecmp
  li    s2, CLINT + 0xbff8      // mtime
  li    s3, 1000000             // ticks of 100 ns
  li    s1, 0
  ld    t0, 0(s2)
  add   t0, t0, s3
  sd    t0, 0(s0)
  li    t0, 1 << 7
  csrw  mie, t0
  csrsi mstatus, 8
1:
  wfi
  li    t0, 10
  blt   s1, t0, 1b
  li    t0, 0x100000
  li    t1, 0x5555
  sw    t1, 0(t0)
2:
  j     2b
  .balign 4
handler:
  addi  s1, s1, 1
  ld    t0, 0(s0)
  add   t0, t0, s3
  sd    t0, 0(s0)
  mret
