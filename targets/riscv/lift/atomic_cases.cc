#include "targets/riscv/lift/snippet_cases.h"

namespace emu::riscv {
namespace {

constexpr Snippet kCases[] = {
    {"lr.w a0, (a1)", "a1=0x10004 w@0x10004=0x80000000", "a0=0xffffffff80000000 reserved=0x10004:0x80000000"},
    {"lr.d a0, (a1)", "a1=0x10008 d@0x10008=-5", "a0=-5 reserved=0x10008:-5"},
    {"lr.d.aqrl a0, (a1)", "a1=0x10008 d@0x10008=-5", "a0=-5 reserved=0x10008:-5 fence"},
    {"lr.w a0, (a1)", "a1=0x10004 w@0x10004=0x80000000", "a0=0x80000000 reserved=0x10004:0x80000000", 32},
    {"lr.w a1, (a1)", "a1=0x10004 w@0x10004=7", "a1=7 reserved=0x10004:7"},
    {"lr.w a0, (a1)", "a1=0x10002", "fault=0x10002 pc=0x1000 insns=0"},
    {"lr.d a0, (a1)", "a1=0x10004", "fault=0x10004 pc=0x1000 insns=0"},
    // SC: success; value changed; other address; no reservation. It always ends the reservation.
    {"sc.w a0, a2, (a1)", "a0=9 a1=0x10004 a2=-2 w@0x10004=0x80000000 reserved=0x10004:0x80000000",
     "a0=0 w@0x10004=0xfffffffe reserved=none"},
    {"sc.d a0, a2, (a1)", "a0=9 a1=0x10008 a2=-2 d@0x10008=77 reserved=0x10008:77", "a0=0 d@0x10008=-2 reserved=none"},
    {"sc.d a0, a2, (a1)", "a0=9 a1=0x10008 a2=-2 d@0x10008=78 reserved=0x10008:77", "a0=1 reserved=none"},
    {"sc.w a0, a2, (a1)", "a0=9 a1=0x10008 a2=-2 w@0x10008=77 reserved=0x1000c:77", "a0=1 reserved=none"},
    {"sc.w a0, a2, (a1)", "a0=9 a1=0x10008 a2=-2 w@0x10008=77", "a0=1"},
    {"sc.w a0, a2, (a1)", "a1=0x10008 a2=-2 w@0x10008=77 reserved=0x10008:77",
     "w@0x10008=0xfffffffe a0=0 reserved=none", 32},
    {"sc.w a0, a0, (a1)", "a0=9 a1=0x10008 reserved=0x10008:0", "a0=0 w@0x10008=9 reserved=none"},
    {"sc.w a1, a0, (a1)", "a0=9 a1=0x10008 reserved=0x10008:0", "a1=0 w@0x10008=9 reserved=none"},
    {"sc.w zero, a0, (a1)", "a0=9 a1=0x10008 reserved=0x10008:0", "w@0x10008=9 reserved=none"},
    {"sc.w a0, a2, (a1)", "a1=0x20000", "a0=1"},
    {"sc.w a0, a2, (a1)", "a1=0x20000 reserved=0x20000:0", "fault=0x20000 pc=0x1000 insns=0"},
    {"sc.w a0, a2, (a1)", "a1=0x10002 reserved=0x10000:0", "fault=0x10002 pc=0x1000 insns=0"},
    {"sc.d a0, a2, (a1)", "a1=0x10004", "fault=0x10004 pc=0x1000 insns=0"},
    // The usual loop.
    {"lr.d.aq t0, (a1); addi t0, t0, 1; sc.d.rl t1, t0, (a1); bnez t1, -12", "a1=0x10008 d@0x10008=41",
     "t0=42 t1=0 d@0x10008=42 reserved=none:41"},
    // AMOs.
    {"amoswap.w a0, a2, (a1)", "a1=0x10004 a2=0x1122334455667788 w@0x10004=0x80000000",
     "a0=0xffffffff80000000 w@0x10004=0x55667788"},
    {"amoadd.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x7fffffff", "a0=0x7fffffff w@0x10004=0x80000000"},
    {"amoadd.w.aqrl a0, a2, (a1)", "a1=0x10004 a2=1 d@0x10004=0x1ffffffff", "a0=-1 w@0x10004=0"},
    {"amoadd.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x7fffffff", "a0=0x7fffffff w@0x10004=0x80000000", 32},
    {"amoxor.w a0, a2, (a1)", "a1=0x10004 a2=6 w@0x10004=3", "a0=3 w@0x10004=5"},
    {"amoand.w a0, a2, (a1)", "a1=0x10004 a2=6 w@0x10004=3", "a0=3 w@0x10004=2"},
    {"amoor.w a0, a2, (a1)", "a1=0x10004 a2=6 w@0x10004=3", "a0=3 w@0x10004=7"},
    {"amomin.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x80000000", "a0=0xffffffff80000000"},
    {"amomax.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x80000000", "a0=0xffffffff80000000 w@0x10004=1"},
    {"amominu.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x80000000", "a0=0xffffffff80000000 w@0x10004=1"},
    {"amomaxu.w a0, a2, (a1)", "a1=0x10004 a2=1 w@0x10004=0x80000000", "a0=0xffffffff80000000"},
    {"amoswap.d a0, a2, (a1)", "a1=0x10008 a2=-9 d@0x10008=5", "a0=5 d@0x10008=-9"},
    {"amoadd.d a0, a2, (a1)", "a1=0x10008 a2=-9 d@0x10008=5", "a0=5 d@0x10008=-4"},
    {"amoxor.d a0, a2, (a1)", "a1=0x10008 a2=-1 d@0x10008=5", "a0=5 d@0x10008=-6"},
    {"amoand.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5 d@0x10008=4"},
    {"amoor.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5 d@0x10008=-1"},
    {"amomin.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5 d@0x10008=-2"},
    {"amomax.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5"},
    {"amominu.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5"},
    {"amomaxu.d a0, a2, (a1)", "a1=0x10008 a2=-2 d@0x10008=5", "a0=5 d@0x10008=-2"},
    {"amoadd.d zero, a2, (a1)", "a1=0x10008 a2=1 d@0x10008=5", "d@0x10008=6"},
    {"amoadd.d a1, a1, (a1)", "a1=0x10008 d@0x10008=5", "a1=5 d@0x10008=0x1000d"},
    {"amoadd.d a0, a2, (a1)", "a1=0x10004", "fault=0x10004 pc=0x1000 insns=0"},
};

}  // namespace

absl::Span<const Snippet> AtomicCases() { return kCases; }

}  // namespace emu::riscv
