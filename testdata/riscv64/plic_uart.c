// The UART's transmit interrupt by way of the PLIC, to machine mode and to supervisor mode.
#include "testdata/riscv64/bare.h"

static volatile u8* const kUart = (volatile u8*)0x10000000;
static volatile u32* const kPlic = (volatile u32*)0xc000000;
enum { kUartIrq = 10, kIer = 1, kIir = 2, kThri = 2, kMei = 11, kSei = 9 };

static volatile u32* Context(unsigned n) { return kPlic + (0x200000 + 0x1000 * n) / 4; }
static volatile u32* Enables(unsigned n) { return kPlic + (0x2000 + 0x80 * n) / 4; }
static volatile u64 taken, irq, reason;
static volatile unsigned context;

static void OnInterrupt(u64 cause) {
  (void)cause;
  ++taken;
  irq = Context(context)[1];  // claim
  reason = kUart[kIir] & 15;
  kUart[kIer] = 0;
  Context(context)[1] = (u32)irq;  // complete
}

static void Send(unsigned n) {
  context = n;
  const u64 before = taken;
  Enables(n)[0] = 1 << kUartIrq;
  Context(n)[0] = 0;
  kUart[kIer] = kThri;
  while (taken == before) {}
  CHECK(irq == kUartIrq && reason == kThri);
  Enables(n)[0] = 0;
}

static void Supervisor(void) {
  SET_CSR(sie, 1 << kSei);
  SET_CSR(sstatus, 2);
  Send(1);
  CHECK(supervisor_trap.cause == (1ul << 63 | kSei));
}

int main(void) {
  InstallTraps();
  on_interrupt = OnInterrupt;
  kPlic[kUartIrq] = 1;
  SET_CSR(mie, 1 << kMei);
  SET_CSR(mstatus, 8);
  Send(0);
  CHECK(machine_trap.cause == (1ul << 63 | kMei));
  // A threshold that is as high as the priority holds it back.
  Enables(0)[0] = 1 << kUartIrq;
  Context(0)[0] = 1;
  kUart[kIer] = kThri;
  CHECK((READ_CSR(mip) & 1 << kMei) == 0 && taken == 1);
  kUart[kIer] = 0;
  Enables(0)[0] = 0;
  WRITE_CSR(mideleg, 1 << kSei);
  RunIn(kSupervisor, Supervisor);
  CHECK(taken == 2 && (READ_CSR(mip) & (1 << kMei | 1 << kSei)) == 0);
  return Pass();
}
