// Exceptions of machine mode, delegation to supervisor mode, and returns.
#include "testdata/riscv64/bare.h"

static volatile u64 seen_privileged;

static void UserCode(void) {
  __asm__ volatile(".option push\n.option norvc\n csrr t0, sstatus" POP : : : "t0");
  seen_privileged = supervisor_trap.cause;
  __asm__ volatile("li a7, 0\n ecall" : : : "a7");
}

static void SupervisorCode(void) {
  __asm__ volatile(".option push\n.option norvc\n csrr t0, mstatus" POP : : : "t0");
  __asm__ volatile("li a7, 0\n ecall" : : : "a7");
}

static void Exceptions(void) {
  CHECK(CAUSE_OF(".word 0xffffffff" POP) == 2 && machine_trap.value == 0xffffffff);
  CHECK(CAUSE_OF("ebreak" POP) == 3 && machine_trap.value == machine_trap.epc);
  CHECK(CAUSE_OF("ecall" POP) == 11 && machine_trap.value == 0);
  CHECK(CAUSE_OF("ld t0, 0(zero)" POP : : : "t0") == 5 && machine_trap.value == 0);
  CHECK(CAUSE_OF("sd t0, 8(zero)" POP) == 7 && machine_trap.value == 8);
  u64 odd = (u64)&seen_privileged + 1;
  CHECK(CAUSE_OF("amoadd.d t0, t0, (%0)" POP : : "r"(odd) : "t0", "memory") == 6 && machine_trap.value == odd);
  CHECK(CAUSE_OF("lr.d t0, (%0)" POP : : "r"(odd) : "t0", "memory") == 4);
  CHECK(CAUSE_OF("csrw mhartid, zero" POP) == 2);
  CHECK((machine_trap.status >> 11 & 3) == kMachine);
  // A jump to where nothing is.
  u64 count = machine_trap.count;
  __asm__ volatile("la t0, 1f\n sd t0, 0(%0)\n jr zero\n1:" : : "r"(&trap_resume) : "t0", "memory");
  CHECK(machine_trap.count == count + 1 && machine_trap.cause == 1 && machine_trap.epc == 0);
}

int main(void) {
  InstallTraps();
  Exceptions();
  u64 count = machine_trap.count;
  RunIn(kSupervisor, SupervisorCode);
  CHECK(machine_trap.count == count + 3 && supervisor_trap.count == 0);
  CHECK(machine_trap.cause == 9);
  WRITE_CSR(medeleg, 1 << 2);
  RunIn(kUser, UserCode);
  CHECK(supervisor_trap.count == 1 && seen_privileged == 2);
  CHECK((supervisor_trap.status & 0x100) == 0);  // from user mode
  CHECK(machine_trap.count == count + 5 && machine_trap.cause == 8);
  RunIn(kSupervisor, SupervisorCode);
  CHECK(supervisor_trap.count == 2 && (supervisor_trap.status & 0x100) != 0);
  CHECK(CAUSE_OF(".word 0" POP) == 2);  // machine mode keeps its own
  CHECK(supervisor_trap.count == 2);
  return Pass();
}
