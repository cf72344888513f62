// Physical memory protection: NAPOT, TOR and NA4 entries, priority, locks.
#include "testdata/riscv64/bare.h"

static volatile u64 page[512] __attribute__((aligned(4096)));
static u64 load_cause, store_cause, neighbour_cause;

static u64 LoadCause(volatile void* p) { return CAUSE_OF("lw t0, 0(%0)" POP : : "r"(p) : "t0", "memory"); }
static u64 StoreCause(volatile void* p) { return CAUSE_OF("sw zero, 0(%0)" POP : : "r"(p) : "memory"); }

static void Probe(void) {
  load_cause = LoadCause(page);
  store_cause = StoreCause(page);
  neighbour_cause = LoadCause((volatile u8*)page + 8);
}

static void Try(u64 config, u64 address, u64 load, u64 store, u64 neighbour) {
  WRITE_CSR(pmpaddr0, 0);
  WRITE_CSR(pmpaddr1, address);
  WRITE_CSR(pmpcfg0, config << 8);
  RunIn(kSupervisor, Probe);
  CHECK(load_cause == load && store_cause == store && neighbour_cause == neighbour);
  RunIn(kUser, Probe);
  CHECK(load_cause == load && store_cause == store && neighbour_cause == neighbour);
  CHECK(LoadCause(page) == ~0ul && StoreCause(page) == ~0ul);
}

int main(void) {
  InstallTraps();
  const u64 ok = ~0ul, at = (u64)page >> 2;
  Try(0x18, at | 0x1ff, 5, 7, 5);     // NAPOT, 4 KiB, nothing
  Try(0x19, at | 0x1ff, ok, 7, ok);   // read
  Try(0x1b, at | 0x1ff, ok, ok, ok);  // read and write
  Try(0x10, at, 5, 7, ok);            // NA4
  Try(0x18, at, 5, 7, ok);            // NAPOT, 8 bytes
  Try(0x18, at | 1, 5, 7, 5);         // NAPOT, 16 bytes
  Try(0x00, at | 0x1ff, ok, ok, ok);  // off
  // TOR from pmpaddr0: the first word only.
  WRITE_CSR(pmpaddr0, at);
  WRITE_CSR(pmpaddr1, at + 1);
  WRITE_CSR(pmpcfg0, 0x0900);
  RunIn(kSupervisor, Probe);
  CHECK(load_cause == ok && store_cause == 7 && neighbour_cause == ok);
  // A lock binds machine mode too, and stays.
  WRITE_CSR(pmpcfg0, 0x8900);
  WRITE_CSR(pmpcfg0, 0);
  CHECK(READ_CSR(pmpcfg0) == 0x8900);
  WRITE_CSR(pmpaddr1, 0);
  CHECK(READ_CSR(pmpaddr1) == at + 1);
  CHECK(LoadCause(page) == ok && StoreCause(page) == 7 && StoreCause((volatile u8*)page + 8) == ok);
  return Pass();
}
