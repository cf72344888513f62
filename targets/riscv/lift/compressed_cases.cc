#include "targets/riscv/lift/snippet_cases.h"

namespace emu::riscv {
namespace {

constexpr Snippet kCases[] = {
    {"c.addi4spn a0, sp, 1020", "sp=0x10000", "a0=0x103fc"},
    {"c.fld fa0, 248(a1)", "a1=0x10000 d@0x100f8=0x3ff0000000000000", "fa0=d1.0 dirty"},
    {"c.lw a0, 124(a1)", "a1=0x10000 w@0x1007c=0x80000000", "a0=0xffffffff80000000"},
    {"c.flw fa0, 124(a1)", "a1=0x10000 w@0x1007c=0x3f800000", "fa0=s1.0 dirty", 32},
    {"c.ld a0, 248(a1)", "a1=0x10000 d@0x100f8=-2", "a0=-2"},
    {"c.fsd fa0, 8(a1)", "a1=0x10000 fa0=d1.0", "d@0x10008=0x3ff0000000000000"},
    {"c.sw a0, 4(a1)", "a1=0x10000 a0=-2", "w@0x10004=0xfffffffe"},
    {"c.fsw fa0, 4(a1)", "a1=0x10000 fa0=s1.0", "w@0x10004=0x3f800000", 32},
    {"c.sd a0, 16(a1)", "a1=0x10000 a0=-2", "d@0x10010=-2"},
    {"c.nop", "", ""},
    {".word 0x0005", "", ""},  // c.nop 1, a hint
    {"c.addi a0, -32", "a0=1", "a0=-31"},
    {".word 0x0501", "a0=5", ""},  // c.addi a0, 0, a hint
    {"c.jal 64", "", "ra=0x1002 pc=0x1040", 32},
    {"c.addiw a0, 31", "a0=0x7fffffff", "a0=0xffffffff8000001e"},
    {"c.li a0, -32", "", "a0=-32"},
    {".word 0x4005", "", ""},  // c.li zero, 1, a hint
    {"c.addi16sp sp, -512", "sp=0x10000", "sp=0xfe00"},
    {"c.addi16sp sp, 496", "sp=0x10000", "sp=0x101f0"},
    {"c.lui a0, 0xfffe0", "", "a0=-0x20000"},
    {"c.lui a0, 31", "", "a0=0x1f000"},
    {"c.srli a0, 63", "a0=-1", "a0=1"},
    {"c.srli a0, 31", "a0=0xffffffff", "a0=1", 32},
    {"c.srai a0, 32", "a0=0x8000000000000000", "a0=0xffffffff80000000"},
    {"c.srai a0, 31", "a0=0x80000000", "a0=0xffffffff", 32},
    {"c.andi a0, -2", "a0=7", "a0=6"},
    {"c.sub a0, a1", "a0=1 a1=2", "a0=-1"},
    {"c.xor a0, a1", "a0=3 a1=6", "a0=5"},
    {"c.or a0, a1", "a0=3 a1=6", "a0=7"},
    {"c.and a0, a1", "a0=3 a1=6", "a0=2"},
    {"c.subw a0, a1", "a0=0x80000000 a1=1", "a0=0x7fffffff"},
    {"c.addw a0, a1", "a0=0x7fffffff a1=1", "a0=0xffffffff80000000"},
    {"c.j -2048", "", "pc=0x800"},
    {"c.j 2046", "", "pc=0x17fe"},
    {"c.beqz a0, 254", "a0=0", "pc=0x10fe"},
    {"c.beqz a0, 254", "a0=1", ""},
    {"c.bnez a0, -256; c.nop", "a0=1", "pc=0xf00 insns=1"},
    {"c.slli a0, 63", "a0=1", "a0=0x8000000000000000"},
    {"c.slli a0, 31", "a0=1", "a0=0x80000000", 32},
    {"c.fldsp fs0, 504(sp)", "sp=0x10000 d@0x101f8=0x3ff0000000000000", "fs0=d1.0 dirty"},
    {"c.lwsp s2, 252(sp)", "sp=0x10000 w@0x100fc=-1", "s2=-1"},
    {"c.flwsp fs0, 252(sp)", "sp=0x10000 w@0x100fc=0x3f800000", "fs0=s1.0 dirty", 32},
    {"c.ldsp s2, 504(sp)", "sp=0x10000 d@0x101f8=-3", "s2=-3"},
    {"c.jr a0", "a0=0x2001", "pc=0x2000"},
    {"c.mv a0, s11", "s11=5", "a0=5"},
    {"c.ebreak", "", "pc=0x3000 call=Ebreak()"},
    {"c.jalr ra", "ra=0x2000", "ra=0x1002 pc=0x2000"},
    {"c.add a0, a1", "a0=1 a1=2", "a0=3"},
    {"c.fsdsp fs0, 8(sp)", "sp=0x10000 fs0=d1.0", "d@0x10008=0x3ff0000000000000"},
    {"c.swsp s2, 4(sp)", "sp=0x10000 s2=-1", "w@0x10004=0xffffffff"},
    {"c.fswsp fs0, 4(sp)", "sp=0x10000 fs0=s1.0", "w@0x10004=0x3f800000", 32},
    {"c.sdsp s2, 8(sp)", "sp=0x10000 s2=-1", "d@0x10008=-1"},
    // Both lengths in one block.
    {"c.li a0, 1; addi a0, a0, 2; c.addi a0, 3; auipc a1, 0", "", "a0=6 a1=0x1008"},
};

}  // namespace

absl::Span<const Snippet> CompressedCases() { return kCases; }

}  // namespace emu::riscv
