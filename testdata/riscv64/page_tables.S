// Memory with Sv39 page tables in it, for ptwalk: no program.
  .equ BASE, 0x80000000
  .equ V, 0x01
  .equ R, 0x02
  .equ W, 0x04
  .equ X, 0x08
  .equ U, 0x10
  .equ G, 0x20
  .equ A, 0x40
  .equ D, 0x80
  .equ NC, 1 << 61              // Svpbmt: not cached
  .equ IO, 2 << 61
  .equ NAPOT64K, (1 << 63) | (0x8 << 10)

// Entry INDEX of the table at BASE + TABLE: physical address and flags.
  .macro entry table, index, address, flags
  .org  \table + \index * 8
  .quad (((\address) >> 12) << 10) | (\flags)
  .endm

  .equ ROOT, 0x0000
  .equ MIDDLE, 0x1000
  .equ PAGES, 0x2000

  .section .text.start, "ax"
  .globl _start
_start:
  entry ROOT, 0, BASE + MIDDLE, V
  entry ROOT, 2, 0x80000000, D | A | G | X | W | R | V    // 1 GiB, all memory as it is
  entry ROOT, 510, 0x80000000, A | G | X | R | V          // and where kernels like to be
  entry ROOT, 511, 0xbff00000, V                          // a table that is not in this memory

  entry MIDDLE, 0, BASE + PAGES, V
  entry MIDDLE, 2, 0x80400000, D | A | U | W | R | V      // 2 MiB
  entry MIDDLE, 3, 0x80600000, D | A | U | W | R | V
  entry MIDDLE, 4, 0x80601000, D | A | U | W | R | V      // misaligned
  entry MIDDLE, 8, BASE + PAGES, V                        // the same table three times more
  entry MIDDLE, 9, BASE + PAGES, V
  entry MIDDLE, 10, BASE + PAGES, V

  entry PAGES, 16, BASE + 0x3000, A | U | X | R | V
  entry PAGES, 17, BASE + 0x4000, A | U | X | R | V
  entry PAGES, 18, BASE + 0x5000, A | U | R | V
  entry PAGES, 19, BASE + 0x8000, D | A | U | W | R | V
  entry PAGES, 20, BASE + 0x7000, U | W | R | V           // not used yet
  entry PAGES, 21, BASE + 0x6000, D | A | W | R | V       // the supervisor's
  .set i, 32
  .rept 16                                                // one 64 KiB page
  entry PAGES, i, BASE + 0x10000, NAPOT64K | D | A | U | W | R | V
  .set i, i + 1
  .endr
  entry PAGES, 64, 0x10000000, IO | D | A | G | W | R | V // the serial port
  entry PAGES, 65, BASE + 0xa000, NC | D | A | G | W | R | V
  entry PAGES, 66, BASE + 0xb000, W | V                   // reserved

  .org  0x3000
  .asciz "A page of memory\n"
  .org  0x20000
