// What a debugger looks for: calls, data that is written, read and changed atomically, code that is written over, pages
// that come to lie elsewhere, a loop without end.
#include "testdata/riscv64/bare.h"

enum { kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kA = 64, kD = 128 };
static u64 root[512] __attribute__((aligned(4096)));
static u64 middle[512] __attribute__((aligned(4096)));
u64 leaves[512] __attribute__((aligned(4096)));
u32 pages[3][1024] __attribute__((aligned(4096)));
u64 (*const window)(void) = (u64(*)(void))0x40000000;

volatile u64 value, other, table[400];
volatile u64 go;
u64 ticks;
u32 code[4];

u64 Triple(u64 x) {
  u64 y = x + x;
  return y + x;
}

void Touch(void) {
  value = 7;
  other = value;
  __atomic_fetch_add(&value, 5, __ATOMIC_SEQ_CST);
}

void FillTable(void) {
  for (u64 i = 0; i < 400; ++i) table[i] = i + 1;
}

// li a0, result; ret
static void Write(u32* to, u32 result) {
  to[0] = result << 20 | 0x513;
  to[1] = 0x8067;
  __asm__ volatile("fence.i" : : : "memory");
}

static u64 Entry(const void* page, u64 flags) { return (u64)page >> 12 << 10 | flags; }

void Supervisor(void) {
  Write(pages[0], 1);
  Write(pages[1], 2);
  pages[2][0] = 0x12345678;
  leaves[0] = Entry(pages[0], kV | kX | kA);
  leaves[1] = Entry(pages[2], kV | kR | kU);  // not for this mode, and never accessed
  __asm__ volatile("sfence.vma" : : : "memory");
  other = window();
  leaves[0] = Entry(pages[1], kV | kX | kA);
  __asm__ volatile("sfence.vma" : : : "memory");
  other += window();
}

static void Paging(void) {
  root[0] = Entry(0, kV | kR | kW | kA | kD);
  root[1] = Entry(middle, kV);
  root[2] = Entry((void*)0x80000000, kV | kR | kW | kX | kA | kD);
  middle[0] = Entry(leaves, kV);
  WRITE_CSR(satp, 8ul << 60 | (u64)root >> 12);
  RunIn(kSupervisor, Supervisor);
  WRITE_CSR(satp, 0);
}

static void Print(const char* text) {
  for (; *text; ++text) *(volatile u8*)0x10000000 = (u8)*text;
}

void Loop(void) {
  Print("looping\n");
  while (!go) ++ticks;
}

int main(void) {
  InstallTraps();
  other = Triple(14);
  Touch();
  FillTable();
  u64 (*function)(void) = (u64(*)(void))code;
  Write(code, 10);
  other = function();
  Write(code, 20);
  other += function();
  Paging();
  Loop();
  Finish(0x3333 | 42 << 16);
  return 0;
}
