/* Memory: loads and stores that hit and miss the caches and the TLBs, blocks copied and filled, streams. */
#include <string.h>

#include "kernel.h"

enum { kSumWords = 2048, kTriad = 1 << 18, kLarge = 16 << 20, kLine = 64 };

static void Clear(void) { memset(Arena(), 1, kArenaBytes); }

static uint64_t SumL1(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    const uint64_t* words = Opaque(Arena());
    for (int i = 0; i < kSumWords; ++i) sum += words[i];
  }
  return sum;
}

/* One cycle through all lines of `bytes` in random order (Sattolo). Each line holds the number of the next. */
static void MakeChain(uint64_t bytes) {
  const uint32_t n = (uint32_t)(bytes / kLine);
  uint32_t seed = 9;
  for (uint32_t i = 0; i < n; ++i) *(uint64_t*)(Arena() + (uint64_t)i * kLine) = i;
  for (uint32_t i = n - 1; i > 0; --i) {
    uint64_t* a = (uint64_t*)(Arena() + (uint64_t)i * kLine);
    uint64_t* b = (uint64_t*)(Arena() + (uint64_t)(Random(&seed) % i) * kLine);
    const uint64_t t = *a;
    *a = *b;
    *b = t;
  }
}
static void Chain16K(void) { MakeChain(16 << 10); }
static void Chain256K(void) { MakeChain(256 << 10); }
static void Chain4M(void) { MakeChain(4 << 20); }
static void Chain64M(void) { MakeChain(64 << 20); }

static uint64_t Chase(uint64_t iterations) {
  const unsigned char* base = Arena();
  uint64_t at = 0, sum = 0;
  while (iterations-- > 0) {
    at = *(const uint64_t*)(base + at * kLine);
    sum += at;
  }
  return Mix(sum, at);
}

static void CopySetup(void) {
  uint32_t seed = 5;
  for (int i = 0; i < kLarge * 2; i += 4) *(uint32_t*)(Arena() + i) = Random(&seed);
}

/* 24 to 87 bytes, at any alignment. */
static uint64_t MemcpySmall(uint64_t iterations) {
  unsigned char *from = Arena(), *to = from + 8192;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    const size_t n = 24 + i * 37 % 64;
    memcpy(Opaque(to + i % 29), from + i * 7 % 1000, n);
    sum += to[i % 29 + n - 1];
  }
  return sum;
}

static uint64_t Memcpy4K(uint64_t iterations) {
  unsigned char *from = Arena(), *to = from + 65536;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    memcpy(Opaque(to), from + i % 16 * 8, 4096);
    sum += to[i % 4096];
  }
  return sum;
}

static uint64_t MemcpyLarge(uint64_t iterations) {
  unsigned char *from = Arena(), *to = from + kLarge;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    from[i] ^= 0x55;
    memcpy(Opaque(to), from, kLarge);
    sum += to[i * 4093 % kLarge];
  }
  return sum;
}

static uint64_t MemsetSmall(uint64_t iterations) {
  unsigned char* to = Arena();
  uint64_t sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    const size_t n = 24 + i * 37 % 64;
    memset(Opaque(to + i % 29), (int)i, n);
    sum += to[i % 29 + n - 1];
  }
  return sum;
}

static uint64_t MemsetLarge(uint64_t iterations) {
  unsigned char* to = Arena();
  uint64_t sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    memset(Opaque(to), (int)i, kLarge);
    sum += to[i * 4093 % kLarge];
  }
  return sum;
}

static void TriadSetup(void) {
  double* a = (double*)Arena();
  for (int i = 0; i < 3 * kTriad; ++i) a[i] = (double)(i % 100);
}

static uint64_t Triad(uint64_t iterations) {
  double *a = (double*)Arena(), *b = a + kTriad, *c = b + kTriad;
  while (iterations-- > 0) {
    Opaque(a);
    for (int i = 0; i < kTriad; ++i) a[i] = b[i] + 0.25 * c[i];
  }
  return Mix(BitsOf(a[1]), BitsOf(a[kTriad - 1]));
}

/* A load or store of a word at any address, where compilers might take it apart. */
#if defined(__riscv)
static inline uint64_t Load(const unsigned char* p) {
  uint64_t value;
  __asm__ volatile("ld %0, 0(%1)" : "=r"(value) : "r"(p) : "memory");
  return value;
}
static inline void Store(unsigned char* p, uint64_t value) {
  __asm__ volatile("sd %0, 0(%1)" : : "r"(value), "r"(p) : "memory");
}
#else
static inline uint64_t Load(const unsigned char* p) {
  uint64_t value;
  memcpy(&value, p, sizeof value);
  return value;
}
static inline void Store(unsigned char* p, uint64_t value) { memcpy(p, &value, sizeof value); }
#endif

static uint64_t Unaligned(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    unsigned char* p = Opaque(Arena());
    for (int i = 1; i < 16384 - 8; i += 11) {
      sum += Load(p + i);
      Store(p + i, sum);
    }
  }
  return sum;
}

const Kernel kMemKernels[] = {
    {"sum_l1", "mem", SumL1, 150000, Clear},
    {"chase_16k", "mem", Chase, 120000000, Chain16K},
    {"chase_256k", "mem", Chase, 80000000, Chain256K},
    {"chase_4m", "mem", Chase, 1000000, Chain4M},
    {"chase_64m", "mem", Chase, 1000000, Chain64M},
    {"memcpy_56", "mem", MemcpySmall, 2500000, CopySetup},
    {"memcpy_4k", "mem", Memcpy4K, 400000, CopySetup},
    {"memcpy_16m", "mem", MemcpyLarge, 5, CopySetup},
    {"memset_56", "mem", MemsetSmall, 6000000, CopySetup},
    {"memset_16m", "mem", MemsetLarge, 100, CopySetup},
    {"triad", "mem", Triad, 25, TriadSetup},
    {"unaligned", "mem", Unaligned, 40000, CopySetup},
    {NULL, NULL, NULL, 0, NULL},
};
