// Timer interrupts of the CLINT and of Sstc, software interrupts, WFI.
#include "testdata/riscv64/bare.h"

static volatile u32* const kMsip = (volatile u32*)0x2000000;
static volatile u64* const kMtimecmp = (volatile u64*)0x2004000;
static volatile u64* const kMtime = (volatile u64*)0x200bff8;
enum { kSsi = 1, kMsi = 3, kSti = 5, kMti = 7 };
static const u64 kInterrupt = 1ul << 63;

static volatile u64 taken[16];
static volatile u64 at;

static void OnInterrupt(u64 cause) {
  const u64 number = cause & 15;
  ++taken[number];
  at = *kMtime;
  if (number == kMti) *kMtimecmp = ~0ul;
  if (number == kMsi) *kMsip = 0;
  if (number == kSti) WRITE_CSR(stimecmp, ~0ul);
  if (number == kSsi) CLEAR_CSR(sip, 1 << kSsi);
}

static void Machine(void) {
  *kMtimecmp = ~0ul;
  SET_CSR(mie, 1 << kMti | 1 << kMsi);
  SET_CSR(mstatus, 8);
  const u64 due = *kMtime + 2000;
  *kMtimecmp = due;
  CHECK((READ_CSR(mip) & 1 << kMti) == 0 || *kMtime >= due);
  while (taken[kMti] == 0) __asm__ volatile("wfi");
  CHECK(at >= due && machine_trap.cause == (kInterrupt | kMti));
  *kMtimecmp = 0;  // already over
  while (taken[kMti] == 1) {}
  *kMsip = 1;
  while (taken[kMsi] == 0) {}
  CHECK(machine_trap.cause == (kInterrupt | kMsi) && *kMsip == 0);
  CLEAR_CSR(mstatus, 8);
  *kMsip = 1;
  __asm__ volatile("wfi");  // goes on, though nothing is taken
  CHECK((READ_CSR(mip) & 1 << kMsi) != 0 && taken[kMsi] == 1);
  *kMsip = 0;
  CHECK((READ_CSR(mip) & 1 << kMsi) == 0);
}

static void Supervisor(void) {
  SET_CSR(sie, 1 << kSti | 1 << kSsi);
  SET_CSR(sstatus, 2);
  const u64 due = READ_CSR(time) + 2000;
  WRITE_CSR(stimecmp, due);
  while (taken[kSti] == 0) __asm__ volatile("wfi");
  CHECK(at >= due && supervisor_trap.cause == (kInterrupt | kSti));
  CHECK((READ_CSR(sip) & 1 << kSti) == 0);
  SET_CSR(sip, 1 << kSsi);
  while (taken[kSsi] == 0) {}
  CHECK(supervisor_trap.cause == (kInterrupt | kSsi));
  CLEAR_CSR(sstatus, 2);
}

int main(void) {
  InstallTraps();
  on_interrupt = OnInterrupt;
  Machine();
  WRITE_CSR(mideleg, 1 << kSti | 1 << kSsi);
  SET_CSR(menvcfg, 1ul << 63);  // STCE
  SET_CSR(mcounteren, 2);
  RunIn(kSupervisor, Supervisor);
  CHECK(taken[kMti] == 2 && taken[kMsi] == 1 && taken[kSti] == 1 && taken[kSsi] == 1);
  return Pass();
}
