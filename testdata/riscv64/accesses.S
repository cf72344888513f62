// Accesses of every size, alignment and kind, and beside each what a trace of it must say: the section .expected, which
// is in the file only, has an entry of ten words for each, in the order in which they are made: kind (0 read, 1 write,
// 2 atomic, 3 fetch), pc, size, gva, gpa, gpa2 or 0, value, old value, 1 if it is a device's, 0.
// The two pages at V lie in memory the other way round.
  .equ V, 0xc0000000
  .equ TABLE, 0x01              // flags of page-table entries: V
  .equ PAGE, 0xc7               // D A W R V
  .equ CODE, 0x4b               // A X R V

  .macro NOTE_AT kind, size, gva, gpa, gpa2, value, old, device
  .pushsection .expected, "", @progbits
  .dword \kind, 7777f, \size, \gva, \gpa, \gpa2, \value, \old, \device, 0
  .popsection
  .endm
  .macro NOTE kind, size, offset, value, old
  .if \offset >= 0x1000
  NOTE_AT \kind, \size, V+\offset, second_page+\offset-0x1000, 0, \value, \old, 0
  .elseif \offset + \size > 0x1000
  NOTE_AT \kind, \size, V+\offset, first_page+\offset, second_page, \value, \old, 0
  .else
  NOTE_AT \kind, \size, V+\offset, first_page+\offset, 0, \value, \old, 0
  .endif
  .endm
  // The instruction that follows, at an offset from V.
  .macro GET size, offset, value, insn:vararg
  NOTE  0, \size, \offset, \value, 0
7777:
  \insn
  .endm
  .macro PUT size, offset, value, insn:vararg
  NOTE  1, \size, \offset, \value, 0
7777:
  \insn
  .endm
  .macro BOTH size, offset, value, old, insn:vararg
  NOTE  2, \size, \offset, \value, \old
7777:
  \insn
  .endm
  .macro DEVICE kind, size, address, value, insn:vararg
  NOTE_AT \kind, \size, \address, \address, 0, \value, 0, 1
7777:
  \insn
  .endm

  .section .text.start, "ax"
  .globl _start
_start:
  la    t0, fail
  csrw  mtvec, t0
  li    t0, -1                  // all memory is open to lower modes
  csrw  pmpaddr0, t0
  li    t0, 0x1f
  csrw  pmpcfg0, t0
  li    t0, 1 << 61 | 0xf0      // menvcfg: ADUE, cache-block instructions
  csrw  menvcfg, t0
  li    t0, 0x6000 | 0x0800     // mstatus: floating point on, MPP is S
  csrs  mstatus, t0
  li    t0, 0x1000
  csrc  mstatus, t0
  la    t0, root
  srli  t0, t0, 12
  li    t1, 8 << 60             // Sv39
  or    t0, t0, t1
  csrw  satp, t0
  la    t0, supervisor
  csrw  mepc, t0
  mret

  .balign 4
fail:
  li    a0, 0x100000
  li    a1, 0x13333             // exit code 1
  sw    a1, 0(a0)
1:
  j     1b

supervisor:
  li    s0, V
  li    s1, V + 0x1000
  .globl line, line_end
line:
  // Loads of each size, with and without sign, at each alignment within 8 bytes.
  GET   1, 0x00, 0x11, lb a0, 0(s0)
  GET   1, 0x07, 0x88, lb a0, 7(s0)
  GET   1, 0x07, 0x88, lbu a0, 7(s0)
  GET   2, 0x06, 0x8877, lh a0, 6(s0)
  GET   2, 0x06, 0x8877, lhu a0, 6(s0)
  GET   2, 0x03, 0x5544, lhu a0, 3(s0)
  GET   4, 0x04, 0x88776655, lw a0, 4(s0)
  GET   4, 0x04, 0x88776655, lwu a0, 4(s0)
  GET   4, 0x01, 0x55443322, lw a0, 1(s0)
  GET   4, 0x02, 0x66554433, lw a0, 2(s0)
  GET   4, 0x03, 0x77665544, lw a0, 3(s0)
  GET   8, 0x00, 0x8877665544332211, ld a0, 0(s0)
  GET   8, 0x01, 0x0188776655443322, ld a0, 1(s0)
  GET   8, 0x02, 0x0201887766554433, ld a0, 2(s0)
  GET   8, 0x03, 0x0302018877665544, ld a0, 3(s0)
  GET   8, 0x04, 0x0403020188776655, ld a0, 4(s0)
  GET   8, 0x05, 0x0504030201887766, ld a0, 5(s0)
  GET   8, 0x06, 0x0605040302018877, ld a0, 6(s0)
  GET   8, 0x07, 0x0706050403020188, ld a0, 7(s0)
  // Over the end of the page: 8 bytes each 7 ways, and the smaller ones.
  GET   8, 0xff9, 0x21a8a7a6a5a4a3a2, ld a0, -7(s1)
  GET   8, 0xffa, 0x2221a8a7a6a5a4a3, ld a0, -6(s1)
  GET   8, 0xffb, 0x232221a8a7a6a5a4, ld a0, -5(s1)
  GET   8, 0xffc, 0x24232221a8a7a6a5, ld a0, -4(s1)
  GET   8, 0xffd, 0x2524232221a8a7a6, ld a0, -3(s1)
  GET   8, 0xffe, 0x262524232221a8a7, ld a0, -2(s1)
  GET   8, 0xfff, 0x27262524232221a8, ld a0, -1(s1)
  GET   4, 0xffd, 0x21a8a7a6, lw a0, -3(s1)
  GET   4, 0xffe, 0x2221a8a7, lwu a0, -2(s1)
  GET   4, 0xfff, 0x232221a8, lw a0, -1(s1)
  GET   2, 0xfff, 0x21a8, lh a0, -1(s1)
  GET   1, 0xfff, 0xa8, lbu a0, -1(s1)
  GET   1, 0x1000, 0x21, lbu a0, 0(s1)
  // Stores, and what is there then.
  li    a1, 0xf1e2d3c4b5a69788
  PUT   1, 0x40, 0x88, sb a1, 0x40(s0)
  PUT   1, 0x43, 0x88, sb a1, 0x43(s0)
  PUT   2, 0x46, 0x9788, sh a1, 0x46(s0)
  PUT   2, 0x49, 0x9788, sh a1, 0x49(s0)
  PUT   4, 0x4c, 0xb5a69788, sw a1, 0x4c(s0)
  PUT   4, 0x51, 0xb5a69788, sw a1, 0x51(s0)
  PUT   8, 0x58, 0xf1e2d3c4b5a69788, sd a1, 0x58(s0)
  PUT   8, 0x61, 0xf1e2d3c4b5a69788, sd a1, 0x61(s0)
  GET   8, 0x48, 0xb5a6978800978800, ld a0, 0x48(s0)
  PUT   8, 0xffb, 0xf1e2d3c4b5a69788, sd a1, -5(s1)
  PUT   4, 0xffe, 0xb5a69788, sw a1, -2(s1)
  PUT   2, 0xfff, 0x9788, sh a1, -1(s1)
  GET   8, 0x1000, 0x2827262524f1b597, ld a0, 0(s1)
  // Compressed, and by the stack pointer.
  mv    s2, sp
  mv    sp, s0
  GET   8, 0x58, 0xf1e2d3c4b5a69788, c.ld a0, 0x58(s0)
  GET   4, 0x58, 0xb5a69788, c.lw a0, 0x58(s0)
  GET   8, 0x58, 0xf1e2d3c4b5a69788, c.ldsp a0, 0x58(sp)
  GET   4, 0x5c, 0xf1e2d3c4, c.lwsp a0, 0x5c(sp)
  PUT   8, 0x68, 0xfffffffff1e2d3c4, c.sd a0, 0x68(s0)
  PUT   4, 0x70, 0xf1e2d3c4, c.sw a0, 0x70(s0)
  PUT   8, 0x78, 0xfffffffff1e2d3c4, c.sdsp a0, 0x78(sp)
  PUT   4, 0x7c, 0xf1e2d3c4, c.swsp a0, 0x7c(sp)
  mv    sp, s2
  // Floating point.
  GET   8, 0x00, 0x8877665544332211, fld fa0, 0(s0)
  GET   4, 0x04, 0x88776655, flw fa1, 4(s0)
  GET   8, 0x58, 0xf1e2d3c4b5a69788, c.fld fa2, 0x58(s0)
  GET   8, 0x05, 0x0504030201887766, fld fa3, 5(s0)
  GET   4, 0xffe, 0xb5978888, flw fa4, -2(s1)
  PUT   8, 0x80, 0x8877665544332211, fsd fa0, 0x80(s0)
  PUT   4, 0x88, 0x88776655, fsw fa1, 0x88(s0)
  PUT   8, 0x90, 0xf1e2d3c4b5a69788, c.fsd fa2, 0x90(s0)
  PUT   8, 0xffc, 0x0504030201887766, fsd fa3, -4(s1)
  // Atomics.
  addi  s3, s0, 0x100
  li    a1, 0x10
  li    a2, -3
  BOTH  4, 0x100, 0x00000010, 0, amoswap.w a0, a1, (s3)
  BOTH  4, 0x100, 0x0000000d, 0x10, amoadd.w a0, a2, (s3)
  BOTH  4, 0x100, 0x0000001d, 0x0d, amoxor.w a0, a1, (s3)
  BOTH  4, 0x100, 0x0000001d, 0x1d, amoor.w a0, a1, (s3)
  BOTH  4, 0x100, 0x00000010, 0x1d, amoand.w a0, a1, (s3)
  BOTH  4, 0x100, 0xfffffffd, 0x10, amomin.w a0, a2, (s3)
  BOTH  4, 0x100, 0x00000010, 0xfffffffd, amomax.w a0, a1, (s3)
  BOTH  4, 0x100, 0x00000010, 0x10, amominu.w a0, a2, (s3)
  BOTH  4, 0x100, 0xfffffffd, 0x10, amomaxu.w a0, a2, (s3)
  BOTH  8, 0x100, 0x0000000000000010, 0xfffffffd, amoswap.d a0, a1, (s3)
  BOTH  8, 0x100, 0x000000000000000d, 0x10, amoadd.d a0, a2, (s3)
  BOTH  8, 0x100, 0xfffffffffffffff0, 0x0d, amoxor.d.aqrl a0, a2, (s3)
  // A reservation; one that is gone by the first sc makes no access.
  GET   4, 0x100, 0xfffffff0, lr.w a0, (s3)
  BOTH  4, 0x100, 0x00000010, 0xfffffff0, sc.w a0, a1, (s3)
  sc.w  a0, a1, (s3)
  GET   8, 0x100, 0xffffffff00000010, lr.d.aq a0, (s3)
  BOTH  8, 0x100, 0xfffffffffffffffd, 0xffffffff00000010, sc.d.rl a0, a2, (s3)
  // A block of 64 bytes is eight stores by one instruction.
  addi  s3, s0, 0x140
  NOTE  1, 8, 0x140, 0, 0
  NOTE  1, 8, 0x148, 0, 0
  NOTE  1, 8, 0x150, 0, 0
  NOTE  1, 8, 0x158, 0, 0
  NOTE  1, 8, 0x160, 0, 0
  NOTE  1, 8, 0x168, 0, 0
  NOTE  1, 8, 0x170, 0, 0
  NOTE  1, 8, 0x178, 0, 0
7777:
  .insn i 0xf, 2, x0, s3, 4     // cbo.zero (s3)
  // Devices: the serial port's scratch register, virtio's magic number, the timer.
  li    s3, 0x10000000
  li    a1, 0x5a
  DEVICE 1, 1, 0x10000007, 0x5a, sb a1, 7(s3)
  DEVICE 0, 1, 0x10000007, 0x5a, lbu a0, 7(s3)
  li    s3, 0x10001000
  DEVICE 0, 4, 0x10001000, 0x74726976, lw a0, 0(s3)
  li    s3, 0x2004000
  li    a1, -1
  DEVICE 1, 8, 0x2004000, 0xffffffffffffffff, sd a1, 0(s3)
  DEVICE 0, 4, 0x2004004, 0xffffffff, lwu a0, 4(s3)
line_end:
  // An instruction across two pages that do not follow each other in memory.
  .globl crossing
  .equ crossing, V + 0x2ffe
  li    s3, crossing
  jalr  s3
  // A page that was not accessed: the MMU sets its bits.
  li    s3, V + 0x4000
  .pushsection .expected, "", @progbits
  .dword 1, 7777f, 8, V+0x4000, third_page, 0, 0, 0, 0, 0
  .popsection
7777:
  sd    zero, 0(s3)

  li    a0, 0x100000
  li    a1, 0x5555
  DEVICE 1, 4, 0x100000, 0x5555, sw a1, 0(a0)
1:
  j     1b

  .macro entry address, flags
  .dword ((\address) >> 12) << 10 | (\flags)
  .endm
  .equ PAGES, 0x10000           // from the start of memory
  .equ AT, 0x80000000 + PAGES
  .globl root, middle, leaves
  .org  PAGES
root:
  entry 0, PAGE                 // devices, 1 GiB
  .dword 0
  entry 0x80000000, PAGE | CODE // memory as it is
  entry AT + 0x1000, TABLE
  .org  PAGES + 0x1000
middle:
  entry AT + 0x2000, TABLE
  .org  PAGES + 0x2000
leaves:
  entry AT + 0x4000, PAGE       // V
  entry AT + 0x3000, PAGE
  entry AT + 0x6000, CODE       // V + 0x2000
  entry AT + 0x5000, CODE
  entry AT + 0x7000, 0x07       // V + 0x4000: neither accessed nor dirty
  .org  PAGES + 0x3000
  .globl second_page, first_page, second_code, first_code, third_page
second_page:
  .dword 0x2827262524232221
  .org  PAGES + 0x4000
first_page:
  .dword 0x8877665544332211, 0x0807060504030201
  .org  PAGES + 0x4ff8
  .dword 0xa8a7a6a5a4a3a2a1
  .org  PAGES + 0x5000
second_code:
  .half 0x0015, 0x8082          // the rest of addi a0, a0, 1; ret
  .org  PAGES + 0x6000
first_code:
  .org  PAGES + 0x6ffe
  .half 0x0513
  .org  PAGES + 0x7000
third_page:
  .dword 0
