// For programs in C: a stack, zeroed .bss, then main; its result goes to the host as the exit code.
// Harts other than 0 sleep.
  .section .text.start, "ax"
  .globl _start
_start:
  csrr  t0, mhartid
  bnez  t0, park
  la    sp, __stack_top
  li    t0, 0x6000              // mstatus.FS: floating point on
  csrs  mstatus, t0
  la    t0, __bss_start
  la    t1, __bss_end
1:
  bgeu  t0, t1, 2f
  sd    zero, 0(t0)
  addi  t0, t0, 8
  j     1b
2:
  call  main
  slli  a0, a0, 1               // HTIF: an odd word is (exit code << 1) | 1
  ori   a0, a0, 1
  la    t0, tohost
  sd    a0, 0(t0)
park:
  wfi
  j     park

  .section .tohost, "aw"
  .balign 64
  .globl tohost
  .type tohost, @object
  .size tohost, 8
tohost:
  .dword 0
  .balign 64
  .globl fromhost
  .type fromhost, @object
  .size fromhost, 8
fromhost:
  .dword 0
