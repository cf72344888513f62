/* Integers: a byte-oriented LZ77 packer with a hash of four bytes, and its unpacker. */
#include <string.h>

#include "kernel.h"

enum { kTextBytes = 64 << 10, kHashSize = 4096, kMinMatch = 4, kMaxMatch = 130, kWindow = 0xffff };

static unsigned char *text, *packed, *unpacked;
static uint32_t heads[kHashSize];

/* Words drawn from a small dictionary: repeats at all distances, as in prose. */
static void LzSetup(void) {
  static const char* const kWords[] = {"the ", "guest ", "page ",  "of ",     "memory ", "reads ",
                                       "and ", "a ",     "table ", "walks ",  "to ",     "device ",
                                       "is ",  "in ",    "host ",  "address "};
  uint32_t seed = 42;
  text = Arena();
  packed = text + kTextBytes + 64;
  unpacked = packed + 2 * kTextBytes;
  for (int at = 0; at < kTextBytes;) {
    const char* word = kWords[Random(&seed) >> 28];
    for (; *word != 0 && at < kTextBytes; ++word) text[at++] = (unsigned char)*word;
    if ((seed & 0x700) == 0 && at < kTextBytes) text[at++] = (unsigned char)('0' + seed % 10);
  }
}

static inline uint32_t Four(const unsigned char* p) {
  return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int MatchLength(const unsigned char* a, const unsigned char* b, int limit) {
  int n = 0;
  while (n < limit && a[n] == b[n]) ++n;
  return n;
}

/* A literal run is its length - 1 (below 128) and its bytes; a match is 128 + length - 4 and a two-byte distance. */
static unsigned char* FlushLiterals(unsigned char* out, const unsigned char* from, const unsigned char* to) {
  while (from < to) {
    const int n = to - from > 128 ? 128 : (int)(to - from);
    *out++ = (unsigned char)(n - 1);
    for (int i = 0; i < n; ++i) *out++ = *from++;
  }
  return out;
}

static NOINLINE long Pack(const unsigned char* in, long n, unsigned char* out) {
  unsigned char* const start = out;
  long at = 1, literals = 0;
  memset(heads, 0, sizeof heads);
  while (at + kMaxMatch < n) {
    const uint32_t hash = (Four(in + at) * 2654435761u) >> 20;
    const long candidate = heads[hash];
    const int length = at - candidate > kWindow ? 0 : MatchLength(in + candidate, in + at, kMaxMatch);
    heads[hash] = (uint32_t)at;
    if (length < kMinMatch) {
      ++at;
      continue;
    }
    out = FlushLiterals(out, in + literals, in + at);
    *out++ = (unsigned char)(128 + length - kMinMatch);
    *out++ = (unsigned char)(at - candidate);
    *out++ = (unsigned char)((at - candidate) >> 8);
    literals = at += length;
  }
  return FlushLiterals(out, in + literals, in + n) - start;
}

static NOINLINE long Unpack(const unsigned char* in, long n, unsigned char* out) {
  unsigned char* const start = out;
  const unsigned char* const end = in + n;
  while (in < end) {
    int length = *in++;
    if (length < 128) {
      for (++length; length > 0; --length) *out++ = *in++;
    } else {
      const unsigned char* from = out - (in[0] | in[1] << 8);
      for (length += kMinMatch - 128, in += 2; length > 0; --length) *out++ = *from++;
    }
  }
  return out - start;
}

static uint64_t Lz(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    const long size = Pack(text, kTextBytes, packed);
    const long back = Unpack(packed, size, unpacked);
    sum = Mix(sum, (uint64_t)size + (uint64_t)(memcmp(text, unpacked, kTextBytes) == 0 ? back : 0));
    text[sum % kTextBytes] ^= 1;
  }
  return sum;
}

const Kernel kLzKernels[] = {
    {"lz", "int", Lz, 300, LzSetup},
    {NULL, NULL, NULL, 0, NULL},
};
