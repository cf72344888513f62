// Prints a line on the board's 16550 and powers the board off.
  .equ UART, 0x10000000         // 16550: transmit holding register at 0, line status at 5
  .equ LSR_THRE, 0x20           // line status: transmit holding register empty
  .equ TEST, 0x100000           // sifive-test
  .equ TEST_PASS, 0x5555

  .section .text.start, "ax"
  .globl _start
_start:
  la    a0, message
  li    a1, UART
next:
  lbu   a2, 0(a0)
  beqz  a2, done
wait:
  lbu   a3, 5(a1)
  andi  a3, a3, LSR_THRE
  beqz  a3, wait
  sb    a2, 0(a1)
  addi  a0, a0, 1
  j     next
done:
  li    a1, TEST
  li    a2, TEST_PASS
  sw    a2, 0(a1)
1:
  wfi
  j     1b

  .section .rodata
message:
  .asciz "Hello from riscv64\n"
