// Maps two pages (Sv39) where they are not in memory, and accesses them from S-mode, each instruction at a label.
  .equ UART, 0x10000000
  .equ TEST, 0x100000
  .equ TEST_PASS, 0x5555
  .equ WINDOW, 0x40001000       // virtual: the first page, and behind it the second
  .equ V_RWX_AD, 0xcf
  .equ V_RW_AD, 0xc7
  .equ V, 0x01

  // Entry INDEX of TABLE: the page at PAGE, with FLAGS.
  .macro entry table, index, page, flags
  la    t0, \page
  srli  t0, t0, 12
  slli  t0, t0, 10
  ori   t0, t0, \flags
  la    t1, \table
  sd    t0, \index * 8(t1)
  .endm

  .section .text.start, "ax"
  .globl _start
_start:
  li    t0, V_RWX_AD            // the first and third GiB as they are
  la    t1, root
  sd    t0, 0(t1)
  li    t0, 0x80000000 >> 2 | V_RWX_AD
  sd    t0, 16(t1)
  entry root, 1, middle, V
  entry middle, 0, pages, V
  entry pages, 1, first, V_RW_AD
  entry pages, 2, second, V_RW_AD

  li    t0, -1                  // all memory is S-mode's
  csrw  pmpaddr0, t0
  li    t0, 0x1f
  csrw  pmpcfg0, t0
  la    t0, root
  srli  t0, t0, 12
  li    t1, 8 << 60
  or    t0, t0, t1
  csrw  satp, t0
  sfence.vma
  la    t0, supervisor
  csrw  mepc, t0
  li    t0, 3 << 11
  csrc  mstatus, t0
  li    t0, 1 << 11
  csrs  mstatus, t0
  mret

  .globl supervisor
supervisor:
  li    a0, WINDOW
  li    a1, 0x1122334455667788
  .globl store
store:
  sd    a1, 16(a0)
  .globl load
load:
  lw    a2, 20(a0)
  addi  a3, a0, 16
  .globl atomic
atomic:
  amoadd.d a4, a1, (a3)
  li    a3, WINDOW + 0xffc
  .globl crossing
crossing:
  sd    a1, 0(a3)
  li    a5, UART
  .globl device
device:
  lbu   a6, 5(a5)
  li    a1, TEST
  li    a2, TEST_PASS
  sw    a2, 0(a1)
1:
  wfi
  j     1b

  .section .bss
  .balign 4096
  .globl root, second, first
root:
  .skip 4096
middle:
  .skip 4096
pages:
  .skip 4096
second:                         // before the first one in memory
  .skip 4096
first:
  .skip 4096
