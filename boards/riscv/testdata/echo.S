// Sends back each byte that the serial port receives, one higher, until a 'q'; then powers off.
  .section .text.start, "ax"
  .globl _start
_start:
  li    s0, 0x10000000
  li    s1, 'q'
1:
  lbu   t0, 5(s0)
  andi  t0, t0, 1
  beqz  t0, 1b
  lbu   t1, 0(s0)
  beq   t1, s1, 2f
  addi  t1, t1, 1
  sb    t1, 0(s0)
  j     1b
2:
  li    t0, 0x100000
  li    t1, 0x5555
  sw    t1, 0(t0)
3:
  j     3b
