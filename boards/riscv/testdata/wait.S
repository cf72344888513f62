// Waits for an interrupt that nothing causes.
  .section .text.start, "ax"
  .globl _start
_start:
  wfi
  j     _start
