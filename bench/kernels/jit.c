/* Programs that write programs: code that is patched while it runs, and code that runs once. Each machine has its own
 * encodings of three steps; the results are the same everywhere. */
#include <string.h>
#include <sys/mman.h>

#include "kernel.h"

typedef uint64_t (*Code)(uint64_t);
enum { kCodeBytes = 64 << 10, kStepsOfFunction = 40 };

/* Each writes one step of r = f(r) and returns the place behind it; `n` is 0 to 1023. */
#if defined(__riscv)
static unsigned char* Put(unsigned char* p, uint32_t word) {
  memcpy(p, &word, 4);
  return p + 4;
}
static unsigned char* PutAdd(unsigned char* p, uint32_t n) { return Put(p, n << 20 | 0x00050513); } /* addi a0, a0, n */
static unsigned char* PutXor(unsigned char* p, uint32_t n) { return Put(p, n << 20 | 0x00054513); } /* xori a0, a0, n */
static unsigned char* PutShift(unsigned char* p) { return Put(p, 0x00151513); }                     /* slli a0, a0, 1 */
static unsigned char* PutReturn(unsigned char* p) { return Put(p, 0x00008067); }                    /* jalr x0, 0(ra) */
#elif defined(__x86_64__)
static unsigned char* Put(unsigned char* p, const char* bytes, int count, uint32_t n) {
  memcpy(p, bytes, (size_t)count);
  memcpy(p + count, &n, 4);
  return p + count + 4;
}
static unsigned char* PutAdd(unsigned char* p, uint32_t n) { return Put(p, "\x48\x81\xc7", 3, n); } /* add rdi, n */
static unsigned char* PutXor(unsigned char* p, uint32_t n) { return Put(p, "\x48\x81\xf7", 3, n); } /* xor rdi, n */
static unsigned char* PutShift(unsigned char* p) {
  memcpy(p, "\x48\xd1\xe7", 3); /* shl rdi, 1 */
  return p + 3;
}
static unsigned char* PutReturn(unsigned char* p) {
  memcpy(p, "\x48\x89\xf8\xc3", 4); /* mov rax, rdi; ret */
  return p + 4;
}
#elif defined(__aarch64__)
static unsigned char* Put(unsigned char* p, uint32_t word) {
  memcpy(p, &word, 4);
  return p + 4;
}
static unsigned char* PutAdd(unsigned char* p, uint32_t n) { return Put(p, 0x91000000 | n << 10); } /* add x0, x0, #n */
static unsigned char* PutXor(unsigned char* p, uint32_t n) {
  return Put(Put(p, 0xd2800001 | n << 5), 0xca010000); /* mov x1, #n; eor x0, x0, x1 */
}
static unsigned char* PutShift(unsigned char* p) { return Put(p, 0x8b000000); }  /* add x0, x0, x0 */
static unsigned char* PutReturn(unsigned char* p) { return Put(p, 0xd65f03c0); } /* ret */
#else
#error "jit.c: no encodings for this machine"
#endif

static unsigned char* MapCode(void) {
  return mmap(NULL, kCodeBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void Flush(unsigned char* from, unsigned char* to) { __builtin___clear_cache((char*)from, (char*)to); }

/* One function, one of its constants changed before each of `calls` calls. */
static uint64_t Patch(uint64_t iterations, int calls) {
  unsigned char* code = MapCode();
  uint64_t x = 0;
  unsigned char* end = PutShift(PutXor(PutAdd(code, 1), 5));
  end = PutReturn(PutAdd(end, 77));
  for (uint64_t i = 0; i < iterations; ++i) {
    PutAdd(code, (uint32_t)(i & 1023));
    Flush(code, end);
    for (int k = 0; k < calls; ++k) x = ((Code)(void*)code)(x);
  }
  munmap(code, kCodeBytes);
  return x;
}
static uint64_t Patched(uint64_t iterations) { return Patch(iterations, 1); }
static uint64_t PatchedWarm(uint64_t iterations) { return Patch(iterations, 100); }

static unsigned char* PutFunction(unsigned char* p, uint32_t* seed) {
  for (int i = 0; i < kStepsOfFunction; ++i) {
    const uint32_t r = Random(seed);
    p = r % 8 == 0 ? PutShift(p) : (r & 1) != 0 ? PutAdd(p, r >> 22) : PutXor(p, r >> 22);
  }
  return PutReturn(p);
}

/* New memory filled with functions, each called once, and given back. */
static uint64_t Cold(uint64_t iterations) {
  Code functions[64];
  uint64_t x = 0;
  uint32_t seed = 17;
  while (iterations-- > 0) {
    unsigned char *code = MapCode(), *end = code;
    for (int i = 0; i < 64; ++i) {
      functions[i] = (Code)(void*)end;
      end = PutFunction(end, &seed);
    }
    Flush(code, end);
    for (int i = 0; i < 64; ++i) x = functions[i](x);
    munmap(code, kCodeBytes);
  }
  return x;
}

/* Data that changes beside code that does not, as in a JIT's inline caches: same page, another cache line. */
static uint64_t DataBeside(uint64_t iterations) {
  unsigned char* code = MapCode();
  volatile uint64_t* data = (volatile uint64_t*)(code + 1024);
  uint64_t x = 0, sum = 0;
  Flush(code, PutReturn(PutShift(PutXor(PutAdd(code, 3), 9))));
  for (uint64_t i = 0; i < iterations; ++i) {
    x = ((Code)(void*)code)(x + *data);
    *data = x & 0xffff;
    sum = Mix(sum, x + i);
  }
  munmap(code, kCodeBytes);
  return sum;
}

const Kernel kJitKernels[] = {
    {"patched", "jit", Patched, 30000, NULL},
    {"patched_warm", "jit", PatchedWarm, 25000, NULL},
    {"cold", "jit", Cold, 400, NULL},
    {"data_beside_code", "jit", DataBeside, 2000000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
