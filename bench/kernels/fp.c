/* Floating point. Compiled without contraction, so that all machines round alike; fused operations are written out. */
#include <math.h>

#include "kernel.h"

#if defined(__x86_64__)
#define WITH_FMA __attribute__((target("fma")))
#else
#define WITH_FMA
#endif

enum { kOrder = 48, kBodies = 5, kVector = 4096 };

static double a[kOrder * kOrder], b[kOrder * kOrder], c[kOrder * kOrder];

static void MatrixSetup(void) {
  for (int i = 0; i < kOrder * kOrder; ++i) {
    a[i] = (i % 17) * 0.25 - 1.5;
    b[i] = (i % 23) / 7.0 - 1.0;
    c[i] = 0;
  }
}

static uint64_t MatrixSum(void) {
  uint64_t sum = 0;
  for (int i = 0; i < kOrder * kOrder; i += 5) sum = Mix(sum, BitsOf(c[i]));
  return sum;
}

static uint64_t Matmul(uint64_t iterations) {
  while (iterations-- > 0) {
    Opaque(a);
    for (int i = 0; i < kOrder; ++i) {
      for (int j = 0; j < kOrder; ++j) {
        double s = c[i * kOrder + j] * 0.5;
        for (int k = 0; k < kOrder; ++k) s += a[i * kOrder + k] * b[k * kOrder + j];
        c[i * kOrder + j] = s;
      }
    }
  }
  return MatrixSum();
}

WITH_FMA static uint64_t MatmulFma(uint64_t iterations) {
  while (iterations-- > 0) {
    Opaque(a);
    for (int i = 0; i < kOrder; ++i) {
      for (int j = 0; j < kOrder; ++j) {
        double s = c[i * kOrder + j] * 0.5;
        for (int k = 0; k < kOrder; ++k) s = __builtin_fma(a[i * kOrder + k], b[k * kOrder + j], s);
        c[i * kOrder + j] = s;
      }
    }
  }
  return MatrixSum();
}

static uint64_t Mandelbrot(uint64_t iterations) {
  uint64_t inside = 0;
  for (uint64_t n = 0; n < iterations; ++n) {
    for (int py = 0; py < 40; ++py) {
      for (int px = 0; px < 40; ++px) {
        const double x0 = px / 16.0 - 2.0, y0 = py / 20.0 - 1.0 + (double)n * 1e-6;
        double x = 0, y = 0;
        int i = 0;
        for (; i < 100 && x * x + y * y <= 4.0; ++i) {
          const double t = x * x - y * y + x0;
          y = 2 * x * y + y0;
          x = t;
        }
        inside += (uint64_t)i;
      }
    }
  }
  return inside;
}

typedef struct {
  double x[3], v[3], mass;
} Body;
static Body bodies[kBodies];

static void BodiesSetup(void) {
  for (int i = 0; i < kBodies; ++i) {
    for (int d = 0; d < 3; ++d) {
      bodies[i].x[d] = i * (1.5 + d) * (d == 1 ? -1 : 1) + d * 0.25;
      bodies[i].v[d] = 0.1 * (i - 2) * (d - 1);
    }
    bodies[i].mass = i == 0 ? 40 : 0.05 * i;
  }
}

static void Pull(Body* p, Body* q, double dt) {
  double d[3], square = 0;
  for (int k = 0; k < 3; ++k) {
    d[k] = p->x[k] - q->x[k];
    square += d[k] * d[k];
  }
  const double force = dt / (square * sqrt(square));
  for (int k = 0; k < 3; ++k) {
    p->v[k] -= d[k] * q->mass * force;
    q->v[k] += d[k] * p->mass * force;
  }
}

static uint64_t Nbody(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    for (int i = 0; i < kBodies; ++i) {
      for (int j = i + 1; j < kBodies; ++j) Pull(&bodies[i], &bodies[j], 0.001);
    }
    for (int i = 0; i < kBodies; ++i) {
      for (int k = 0; k < 3; ++k) bodies[i].x[k] += 0.001 * bodies[i].v[k];
    }
  }
  for (int i = 0; i < kBodies; ++i) sum = Mix(sum, BitsOf(bodies[i].x[0] + bodies[i].v[2]));
  return sum;
}

static uint64_t Conversions(uint64_t iterations) {
  uint64_t sum = 0;
  uint32_t seed = 3;
  for (uint64_t i = 0; i < iterations; ++i) {
    const int32_t n = (int32_t)Random(&seed);
    const double d = n * 0.37;
    const float f = (float)d;
    sum += (uint64_t)(int64_t)d ^ (uint64_t)(uint32_t)(int32_t)(f * 0.5f);
    sum += (uint64_t)(int64_t)((double)(int64_t)(sum >> 12) * 0.25) + (uint64_t)(int64_t)((double)f * 3.0);
  }
  return sum;
}

/* Four lanes at a time: the machine's own vectors where it has them, single operations where it has not. */
typedef float Four __attribute__((vector_size(16)));
static Four xs[kVector / 4], ys[kVector / 4];

static void VectorSetup(void) {
  for (int i = 0; i < kVector; ++i) {
    ((float*)xs)[i] = (float)(i % 31) * 0.5f - 3;
    ((float*)ys)[i] = (float)(i % 13);
  }
}

static uint64_t Saxpy(uint64_t iterations) {
  uint64_t sum = 0;
  for (uint64_t n = 0; n < iterations; ++n) {
    const float s = (float)(n % 7) * 0.125f - 0.375f;
    const Four scale = {s, s, s, s};
    Opaque(ys);
    for (int i = 0; i < kVector / 4; ++i) ys[i] = scale * xs[i] + ys[i];
  }
  for (int i = 0; i < kVector; i += 7) sum = Mix(sum, BitsOf(((float*)ys)[i]));
  return sum;
}

/* Polynomials, signs, comparisons, minima and roots in single and double precision: the inside of a library of
 * elementary functions. */
static uint64_t Polynomials(uint64_t iterations) {
  double sum = 0;
  float low = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    const double x = (double)(i % 1000) * 0.002 - 1;
    double p = 1.0 / 720;
    p = p * x + 1.0 / 120;
    p = p * x + 1.0 / 24;
    p = p * x + 1.0 / 6;
    p = p * x + 0.5;
    p = (p * x + 1.0) * x + 1.0;
    const double size = fabs(x - 0.25);
    sum += copysign(p, x) + (size < 0.5 ? sqrt(size) : -size / (1 + p));
    low = (float)p < low || i % 64 == 0 ? (float)p : low * 0.99f;
    sum *= 0.999;
  }
  return Mix(BitsOf(sum), BitsOf(low));
}

const Kernel kFpKernels[] = {
    {"matmul", "fp", Matmul, 400, MatrixSetup},        {"matmul_fma", "fp", MatmulFma, 400, MatrixSetup},
    {"mandelbrot", "fp", Mandelbrot, 600, NULL},       {"nbody", "fp", Nbody, 250000, BodiesSetup},
    {"conversions", "fp", Conversions, 4000000, NULL}, {"saxpy", "fp", Saxpy, 12000, VectorSetup},
    {"polynomials", "fp", Polynomials, 2500000, NULL}, {NULL, NULL, NULL, 0, NULL},
};
