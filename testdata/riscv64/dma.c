// Lets virtio-rng-device (legacy transport, last slot) fill 48 bytes that lie over the end of a page.
#include "testdata/riscv64/bare.h"

struct Descriptor {
  u64 address;
  u32 length;
  unsigned short flags, next;
};

// Queue of 4: descriptors, available ring, and the used ring on the next page (virtio 1.2, section 2.7).
enum { kQueue = 4 };
struct {
  struct Descriptor descriptors[kQueue];
  volatile unsigned short available_flags, available_index, available[kQueue];
  struct {
    volatile unsigned short flags, index;
    volatile u32 entries[2 * kQueue];
  } used __attribute__((aligned(0x1000)));
} rings __attribute__((aligned(0x1000)));
u8 buffer[0x2000] __attribute__((aligned(0x1000)));

static volatile u32* const kSlot = (volatile u32*)0x10008000;
static void Set(u32 offset, u32 value) { kSlot[offset / 4] = value; }

int main(void) {
  CHECK(kSlot[0] == 0x74726976 && kSlot[1] == 1 && kSlot[2] == 4);
  Set(0x70, 1 | 2);   // acknowledge, driver
  Set(0x20, 0);       // no features
  Set(0x28, 0x1000);  // page size
  Set(0x30, 0);       // the queue
  Set(0x38, kQueue);  // its size
  Set(0x3c, 0x1000);  // alignment of the used ring
  Set(0x40, (u32)((u64)&rings >> 12));
  Set(0x70, 1 | 2 | 4);  // ready
  rings.descriptors[0] = (struct Descriptor){(u64)&buffer[0xff0], 48, 2, 0};
  rings.available[0] = 0;
  rings.available_index = 1;
  __asm__ volatile("fence" ::: "memory");
  Set(0x50, 0);  // notify
  while (rings.used.index != 1) {
  }
  CHECK(rings.used.entries[1] == 48);
  return Pass();
}
