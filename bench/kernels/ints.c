/* Integers: sieves, sorting, multiplication and division. */
#include <string.h>

#include "kernel.h"

enum { kSmallSieve = 16 << 10, kLargeSieve = 4 << 20, kSortCount = 4096 };

static uint64_t Sieve(unsigned char* composite, uint32_t n) {
  uint64_t primes = 0;
  memset(composite, 0, n);
  for (uint32_t i = 2; i < n; ++i) {
    if (composite[i]) continue;
    ++primes;
    for (uint32_t j = 2 * i; j < n; j += i) composite[j] = 1;
  }
  return primes;
}

static uint64_t Sieves(uint64_t iterations, uint32_t n) {
  uint64_t sum = 0;
  while (iterations-- > 0) sum = Mix(sum, Sieve(Opaque(Arena()), n));
  return sum;
}
static uint64_t SieveL1(uint64_t iterations) { return Sieves(iterations, kSmallSieve); }
static uint64_t Sieve4M(uint64_t iterations) { return Sieves(iterations, kLargeSieve); }

static void FillNumbers(int32_t* numbers, uint32_t seed) {
  for (int i = 0; i < kSortCount; ++i) numbers[i] = (int32_t)(Random(&seed) >> 4);
}

static void InsertionSort(int32_t* a, long n) {
  for (long i = 1; i < n; ++i) {
    const int32_t x = a[i];
    long j = i;
    for (; j > 0 && a[j - 1] > x; --j) a[j] = a[j - 1];
    a[j] = x;
  }
}

static NOINLINE void Quicksort(int32_t* a, long n) {
  while (n > 12) {
    const int32_t pivot = a[n / 2];
    long i = 0, j = n - 1;
    while (i <= j) {
      while (a[i] < pivot) ++i;
      while (a[j] > pivot) --j;
      if (i <= j) {
        const int32_t t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    Quicksort(a, j + 1);
    a += i;
    n -= i;
  }
  InsertionSort(a, n);
}

typedef int (*Compare)(const void* a, const void* b);

static NOINLINE int CompareNumbers(const void* a, const void* b) {
  const int32_t x = *(const int32_t*)a, y = *(const int32_t*)b;
  return (x > y) - (x < y);
}

/* Elements of any size, as in the C library: shell sort through a callback. */
static NOINLINE void CallbackSort(char* base, long n, long size, Compare compare) {
  static const long kGaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
  char held[16];
  for (unsigned g = 0; g < sizeof kGaps / sizeof kGaps[0]; ++g) {
    const long gap = kGaps[g] * size;
    for (long i = gap; i < n * size; i += size) {
      long j = i;
      memcpy(held, base + i, 4);
      for (; j >= gap && compare(base + j - gap, held) > 0; j -= gap) memcpy(base + j, base + j - gap, 4);
      memcpy(base + j, held, 4);
    }
  }
}

static uint64_t Sorts(uint64_t iterations, int callback) {
  int32_t* numbers = (int32_t*)Arena();
  Compare compare = Opaque(CompareNumbers);
  uint64_t sum = 0;
  for (uint32_t seed = 1; seed <= iterations; ++seed) {
    FillNumbers(numbers, seed);
    if (callback) {
      CallbackSort((char*)numbers, kSortCount, sizeof *numbers, compare);
    } else {
      Quicksort(numbers, kSortCount);
    }
    for (int i = 0; i < kSortCount; i += 256) sum = Mix(sum, (uint32_t)numbers[i]);
  }
  return sum;
}
static uint64_t Qsort(uint64_t iterations) { return Sorts(iterations, 0); }
static uint64_t QsortCallback(uint64_t iterations) { return Sorts(iterations, 1); }

static uint64_t MulDiv(uint64_t iterations) {
  uint64_t sum = 1, a = 0x123456789abcdefu;
  for (uint64_t i = 1; i <= iterations; ++i) {
    a = a * 6364136223846793005u + 1442695040888963407u;
    sum += (uint64_t)(((unsigned __int128)a * sum) >> 64);
    sum ^= a / (i | 1) + a % (i + 7);
    sum += (uint64_t)((int32_t)a / (int32_t)((i & 0xffff) + 3) + (int32_t)(a >> 32) % 1000);
  }
  return sum;
}

/* Shifts, rotations, bit counting and byte order, as in hashing and parsing of binary data. */
static uint64_t BitTricks(uint64_t iterations) {
  uint64_t x = 0x0123456789abcdefu, sum = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    x = (x << 7 | x >> 57) ^ (x >> 3) ^ i;
    const uint64_t pairs = x - ((x >> 1) & 0x5555555555555555u);
    const uint64_t quads = (pairs & 0x3333333333333333u) + ((pairs >> 2) & 0x3333333333333333u);
    sum += (((quads + (quads >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u) >> 56;
    sum ^= (x & 0xff00ff00ff00ff00u) >> 8 | (uint64_t)(uint32_t)(x + sum) << 8;
    sum = (sum & 1) != 0 ? sum >> 1 ^ 0xedb88320u : sum + (uint32_t)(x >> 32);
  }
  return sum;
}

const Kernel kIntKernels[] = {
    {"sieve_l1", "int", SieveL1, 2000, NULL},
    {"sieve_4m", "int", Sieve4M, 2, NULL},
    {"qsort", "int", Qsort, 1500, NULL},
    {"qsort_callback", "int", QsortCallback, 120, NULL},
    {"muldiv", "int", MulDiv, 40000000, NULL},
    {"bits", "int", BitTricks, 50000000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
