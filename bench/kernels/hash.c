/* Integers: SHA-256 (FIPS 180-4) and CRC-32 (the polynomial of ISO 3309, by a table of bytes). */
#include "kernel.h"

enum { kHashBytes = 16 << 10 };

static const uint32_t kSha[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t Rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void Schedule(uint32_t w[64], const unsigned char* block) {
  for (int i = 0; i < 16; ++i, block += 4)
    w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
  for (int i = 16; i < 64; ++i) {
    const uint32_t s0 = Rotate(w[i - 15], 7) ^ Rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    const uint32_t s1 = Rotate(w[i - 2], 17) ^ Rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}

static NOINLINE void Block(uint32_t h[8], const unsigned char* block) {
  uint32_t w[64], s[8];
  Schedule(w, block);
  for (int i = 0; i < 8; ++i) s[i] = h[i];
  for (int i = 0; i < 64; ++i) {
    const uint32_t e = Rotate(s[4], 6) ^ Rotate(s[4], 11) ^ Rotate(s[4], 25);
    const uint32_t t1 = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + kSha[i] + w[i];
    const uint32_t a = Rotate(s[0], 2) ^ Rotate(s[0], 13) ^ Rotate(s[0], 22);
    const uint32_t t2 = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t1;
    s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; ++i) h[i] += s[i];
}

static void Fill(void) {
  uint32_t seed = 7;
  for (int i = 0; i < kHashBytes; ++i) Arena()[i] = (unsigned char)Random(&seed);
}

static uint64_t Sha256(uint64_t iterations) {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const unsigned char* data = Arena();
  while (iterations-- > 0) {
    for (int i = 0; i < kHashBytes; i += 64) Block(h, data + i);
  }
  return (uint64_t)h[0] << 32 | h[7];
}

static uint32_t crc_table[256];

static void CrcSetup(void) {
  Fill();
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? c >> 1 ^ 0xedb88320u : c >> 1;
    crc_table[i] = c;
  }
}

static uint64_t Crc(uint64_t iterations) {
  uint32_t crc = 0xffffffffu;
  const unsigned char* data = Arena();
  while (iterations-- > 0) {
    for (int i = 0; i < kHashBytes; ++i) crc = crc_table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
  }
  return crc;
}

const Kernel kHashKernels[] = {
    {"sha256", "int", Sha256, 2000, Fill},
    {"crc", "int", Crc, 6000, CrcSetup},
    {NULL, NULL, NULL, 0, NULL},
};
