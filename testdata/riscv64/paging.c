// Sv39: translation, permissions, accessed and dirty bits by software and by hardware, fences, code that crosses pages.
#include "testdata/riscv64/bare.h"

enum { kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kA = 64, kD = 128 };
static u64 root[512] __attribute__((aligned(4096)));
static u64 middle[512] __attribute__((aligned(4096)));
static u64 leaves[512] __attribute__((aligned(4096)));
static u8 pages[3][4096] __attribute__((aligned(4096)));
static volatile u64* const kWindow = (volatile u64*)0x40000000;  // of three pages

static u64 Entry(const void* page, u64 flags) { return (u64)page >> 12 << 10 | flags; }
static void Fence(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
// The cause of a load's or a store's exception in supervisor mode, or ~0.
static u64 LoadCause(volatile u64* p) { return CAUSE_OF("ld t0, 0(%0)" POP : : "r"(p) : "t0", "memory"); }
static u64 StoreCause(volatile u64* p) { return CAUSE_OF("sd t0, 0(%0)" POP : : "r"(p) : "memory"); }

static void Software(void) {
  leaves[0] = Entry(pages[0], kV | kR | kW);
  Fence();
  CHECK(LoadCause(kWindow) == 13 && machine_trap.value == (u64)kWindow);
  leaves[0] |= kA;
  Fence();
  CHECK(LoadCause(kWindow) == ~0ul);
  CHECK(StoreCause(kWindow) == 15);
  leaves[0] |= kD;
  Fence();
  CHECK(StoreCause(kWindow) == ~0ul);
  leaves[0] = Entry(pages[0], kV | kR | kA);
  Fence();
  CHECK(StoreCause(kWindow) == 15);
  leaves[0] = Entry(pages[0], kV | kX | kA);
  Fence();
  CHECK(LoadCause(kWindow) == 13);
  SET_CSR(sstatus, 1 << 19);  // MXR
  CHECK(LoadCause(kWindow) == ~0ul);
  CLEAR_CSR(sstatus, 1 << 19);
  leaves[0] = Entry(pages[0], kV | kR | kU | kA);
  Fence();
  CHECK(LoadCause(kWindow) == 13);
  SET_CSR(sstatus, 1 << 18);  // SUM
  CHECK(LoadCause(kWindow) == ~0ul);
  CLEAR_CSR(sstatus, 1 << 18);
  CHECK(LoadCause((volatile u64*)0x4000000000) == 13);  // not sign-extended
}

static void Hardware(void) {
  leaves[1] = Entry(pages[1], kV | kR | kW);
  Fence();
  CHECK(LoadCause(kWindow + 512) == ~0ul && (leaves[1] & (kA | kD)) == kA);
  CHECK(StoreCause(kWindow + 512) == ~0ul && (leaves[1] & (kA | kD)) == (kA | kD));
}

static void Remap(void) {
  *(u64*)pages[0] = 100;
  *(u64*)pages[1] = 200;
  leaves[0] = Entry(pages[0], kV | kR | kW | kA | kD);
  Fence();
  CHECK(*kWindow == 100);
  leaves[0] = Entry(pages[1], kV | kR | kW | kA | kD);
  __asm__ volatile("sfence.vma %0, zero" : : "r"(kWindow) : "memory");
  CHECK(*kWindow == 200);
}

// li a0, 0x55 (4 bytes) half on one page and half on the next; then ret.
static void Crossing(void) {
  static const unsigned short kCode[] = {0x0513, 0x0550, 0x8082};
  u64 (*function)(void) = (u64(*)(void))((u64)kWindow + 4094);
  leaves[0] = Entry(pages[0], kV | kR | kX | kA);
  leaves[1] = Entry(pages[2], kV | kR | kX | kA);
  *(unsigned short*)(pages[0] + 4094) = kCode[0];
  ((unsigned short*)pages[2])[0] = kCode[1];
  ((unsigned short*)pages[2])[1] = kCode[2];
  ((unsigned short*)pages[1])[0] = 0x0660;
  ((unsigned short*)pages[1])[1] = kCode[2];
  __asm__ volatile("fence.i\n sfence.vma" : : : "memory");
  CHECK(function() == 0x55);
  leaves[1] = Entry(pages[1], kV | kR | kX | kA);
  Fence();
  CHECK(function() == 0x66);
  leaves[1] = 0;
  Fence();
  u64 count = machine_trap.count;
  __asm__ volatile("la t0, 1f\n sd t0, 0(%0)\n jr %1\n1:" : : "r"(&trap_resume), "r"(function) : "t0", "a0", "memory");
  CHECK(machine_trap.count == count + 1 && machine_trap.cause == 12);
  CHECK(machine_trap.epc == (u64)kWindow + 4094 && machine_trap.value == (u64)kWindow + 4096);
}

static void Bare(void) {}

int main(void) {
  InstallTraps();
  root[0] = Entry(0, kV | kR | kW | kA | kD);                                 // devices
  root[1] = Entry(middle, kV);
  root[2] = Entry((void*)0x80000000, kV | kR | kW | kX | kA | kD);            // this program
  middle[0] = Entry(leaves, kV);
  WRITE_CSR(satp, 8ul << 60 | (u64)root >> 12);
  RunIn(kSupervisor, Software);
  SET_CSR(menvcfg, 1ul << 61);  // ADUE
  RunIn(kSupervisor, Hardware);
  RunIn(kSupervisor, Remap);
  RunIn(kSupervisor, Crossing);
  WRITE_CSR(satp, 0);
  RunIn(kSupervisor, Bare);
  return Pass();
}
