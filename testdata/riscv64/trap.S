// Trap handlers of both modes and the way to lower modes and back (bare.h).
  .equ FRAME, 256

  .macro SAVE scratch
  csrrw sp, \scratch, sp
  .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd    x\n, 8*\n(sp)
  .endr
  .endm

  .macro RESTORE scratch
  .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld    x\n, 8*\n(sp)
  .endr
  csrrw sp, \scratch, sp
  .endm

  .macro NOTE trap, m
  la    s0, \trap
  csrr  s1, \m\()cause
  sd    s1, 0(s0)
  csrr  s2, \m\()epc
  sd    s2, 8(s0)
  csrr  t0, \m\()tval
  sd    t0, 16(s0)
  csrr  t0, \m\()status
  sd    t0, 24(s0)
  ld    t0, 32(s0)
  addi  t0, t0, 1
  sd    t0, 32(s0)
  .endm

  .macro GO_ON m
  la    t0, trap_resume
  ld    t1, 0(t0)
  addi  s2, s2, 4
  beqz  t1, 1f
  mv    s2, t1
  sd    zero, 0(t0)
1:
  csrw  \m\()epc, s2
  .endm

  .macro INTERRUPT
  la    t0, on_interrupt
  ld    t0, 0(t0)
  mv    a0, s1
  jalr  t0
  .endm

  .text
  .balign 4
machine_entry:
  SAVE  mscratch
  NOTE  machine_trap, m
  bltz  s1, 2f
  li    t0, 8                   // ECALL with a7 = 1 from below: RunIn is over
  beq   s1, t0, 3f
  li    t0, 9
  beq   s1, t0, 3f
5:
  GO_ON m
  j     4f
2:
  addi  sp, sp, -FRAME          // the frame lies above
  INTERRUPT
  addi  sp, sp, FRAME
4:
  RESTORE mscratch
  mret
3:
  ld    t0, 8*17(sp)
  li    t1, 1
  bne   t0, t1, 5b
  csrrw sp, mscratch, sp        // a caller's registers are all that it needs
  la    t0, lower_context
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
  ld    s\n, 8*\n(t0)
  .endr
  ld    ra, 96(t0)
  ld    sp, 104(t0)
  ret                           // stays in machine mode

  .balign 4
supervisor_entry:
  SAVE  sscratch
  NOTE  supervisor_trap, s
  bltz  s1, 2f
  GO_ON s
  j     4f
2:
  addi  sp, sp, -FRAME
  INTERRUPT
  addi  sp, sp, FRAME
4:
  RESTORE sscratch
  sret

  .globl InstallTraps
InstallTraps:
  la    t0, machine_entry
  csrw  mtvec, t0
  la    t0, machine_frame
  csrw  mscratch, t0
  la    t0, supervisor_entry
  csrw  stvec, t0
  la    t0, supervisor_frame
  csrw  sscratch, t0
  li    t0, -1                  // all memory is open to lower modes
  csrw  pmpaddr15, t0
  li    t0, 0x1f
  slli  t0, t0, 56
  csrw  pmpcfg2, t0
  ret

  .globl RunIn
RunIn:
  la    t0, lower_context
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
  sd    s\n, 8*\n(t0)
  .endr
  sd    ra, 96(t0)
  sd    sp, 104(t0)
  li    t0, 0x1800
  csrc  mstatus, t0
  slli  a0, a0, 11
  csrs  mstatus, a0
  csrw  mepc, a1
  la    ra, lower_end
  mret
lower_end:
  li    a7, 1
  ecall

  .bss
  .balign 16
  .space 0x1000
  .space FRAME
machine_frame:
  .space FRAME
  .space 0x1000
  .space FRAME
supervisor_frame:
  .space FRAME
lower_context:
  .space 112
  .globl machine_trap, supervisor_trap, trap_resume, on_interrupt
machine_trap:
  .space 40
supervisor_trap:
  .space 40
trap_resume:
  .space 8
on_interrupt:
  .space 8
