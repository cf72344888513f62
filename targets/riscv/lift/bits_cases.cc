#include "targets/riscv/lift/snippet_cases.h"

namespace emu::riscv {
namespace {

constexpr Snippet kCases[] = {
    // Zba.
    {"sh1add a0, a1, a2", "a1=3 a2=1", "a0=7"},
    {"sh2add a0, a1, a2", "a1=0x4000000000000001 a2=1", "a0=5"},
    {"sh3add a0, a1, a2", "a1=-1 a2=0", "a0=-8"},
    {"add.uw a0, a1, a2", "a1=-1 a2=1", "a0=0x100000000"},
    {"sh1add.uw a0, a1, a2", "a1=-1 a2=0", "a0=0x1fffffffe"},
    {"sh2add.uw a0, a1, a2", "a1=-1 a2=0", "a0=0x3fffffffc"},
    {"sh3add.uw a0, a1, a2", "a1=-1 a2=0", "a0=0x7fffffff8"},
    {"slli.uw a0, a1, 35", "a1=-1", "a0=0xfffffff800000000"},
    // Zbb.
    {"andn a0, a1, a2", "a1=0xff a2=0x0f", "a0=0xf0"},
    {"orn a0, a1, a2", "a1=1 a2=-8", "a0=7"},
    {"xnor a0, a1, a2", "a1=5 a2=6", "a0=-4"},
    {"clz a0, a1", "a1=1", "a0=63"},
    {"clz a0, a1", "a1=0", "a0=64"},
    {"clz a0, a1", "a1=-1", "a0=0"},
    {"clz a0, a1", "a1=0", "a0=32", 32},
    {"ctz a0, a1", "a1=0x8000000000000000", "a0=63"},
    {"ctz a0, a1", "a1=0", "a0=64"},
    {"cpop a0, a1", "a1=-1", "a0=64"},
    {"cpop a0, a1", "a1=0xf0f0", "a0=8"},
    {"clzw a0, a1", "a1=0xffffffff00000001", "a0=31"},
    {"clzw a0, a1", "a1=0xffffffff00000000", "a0=32"},
    {"ctzw a0, a1", "a1=0x100000000", "a0=32"},
    {"ctzw a0, a1", "a1=0x180000000", "a0=31"},
    {"cpopw a0, a1", "a1=-1", "a0=32"},
    {"max a0, a1, a2", "a1=-1 a2=1", "a0=1"},
    {"max a0, a1, a2", "a1=1 a2=-1", "a0=1"},
    {"maxu a0, a1, a2", "a1=-1 a2=1", "a0=-1"},
    {"min a0, a1, a2", "a1=-1 a2=1", "a0=-1"},
    {"minu a0, a1, a2", "a1=-1 a2=1", "a0=1"},
    {"min a0, a1, a2", "a1=0x80000000 a2=1", "a0=0x80000000", 32},
    {"sext.b a0, a1", "a1=0x180", "a0=-128"},
    {"sext.h a0, a1", "a1=0x18000", "a0=-32768"},
    {"zext.h a0, a1", "a1=-1", "a0=0xffff"},
    {"zext.h a0, a1", "a1=0xfffffff0", "a0=0xfff0", 32},
    {"rol a0, a1, a2", "a1=0x8000000000000001 a2=65", "a0=3"},
    {"ror a0, a1, a2", "a1=1 a2=65", "a0=0x8000000000000000"},
    {"rori a0, a1, 63", "a1=1", "a0=2"},
    {"rori a0, a1, 31", "a1=1", "a0=2", 32},
    {"rolw a0, a1, a2", "a1=0x140000000 a2=33", "a0=0xffffffff80000000"},
    {"rorw a0, a1, a2", "a1=1 a2=33", "a0=0xffffffff80000000"},
    {"roriw a0, a1, 31", "a1=0xc0000000", "a0=0xffffffff80000001"},
    {"orc.b a0, a1", "a1=0x0001800000ff0010", "a0=0x00ffff0000ff00ff"},
    {"orc.b a0, a1", "a1=0x8000000000000001", "a0=0xff000000000000ff"},
    {"orc.b a0, a1", "a1=0", "a0=0"},
    {"orc.b a0, a1", "a1=-1", "a0=-1"},
    {"orc.b a0, a1", "a1=0x80000001", "a0=0xff0000ff", 32},
    {"rev8 a0, a1", "a1=0x0123456789abcdef", "a0=0xefcdab8967452301"},
    {"rev8 a0, a1", "a1=0x01234567", "a0=0x67452301", 32},
    // Zbs.
    {"bclr a0, a1, a2", "a1=-1 a2=0x7f", "a0=0x7fffffffffffffff"},
    {"bext a0, a1, a2", "a1=0x8000000000000000 a2=-1", "a0=1"},
    {"bext a0, a1, a2", "a1=0x7fffffffffffffff a2=63", "a0=0"},
    {"binv a0, a1, a2", "a1=1 a2=64", "a0=0"},
    {"bset a0, a1, a2", "a1=0 a2=63", "a0=0x8000000000000000"},
    {"bset a0, a1, a2", "a1=0 a2=63", "a0=0x80000000", 32},
    {"bclri a0, a1, 63", "a1=-1", "a0=0x7fffffffffffffff"},
    {"bexti a0, a1, 63", "a1=0x8000000000000000", "a0=1"},
    {"binvi a0, a1, 0", "a1=1", "a0=0"},
    {"bseti a0, a1, 63", "a1=0", "a0=0x8000000000000000"},
    {"bclri a0, a1, 31", "a1=0xffffffff", "a0=0x7fffffff", 32},
    {"bexti a0, a1, 31", "a1=0x80000000", "a0=1", 32},
    {"binvi a0, a1, 31", "a1=0x80000000", "a0=0", 32},
    {"bseti a0, a1, 31", "a1=0", "a0=0x80000000", 32},
};

}  // namespace

absl::Span<const Snippet> BitsCases() { return kCases; }

}  // namespace emu::riscv
