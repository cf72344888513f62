#include "targets/riscv/lift/snippet_cases.h"

namespace emu::riscv {
namespace {

constexpr uint32_t kUserKey = kSnippetKey & ~uint32_t{kKeyPrivilege};
constexpr uint32_t kNoCbo = kSnippetKey & ~(kKeyCboZero | kKeyCboClean | kKeyCboInval);

constexpr Snippet kCases[] = {
    // Only stores before loads need a fence on the host.
    {"fence rw, rw; nop", "", "fence"},
    {"fence iorw, iorw", "", "fence"},
    {"fence w, r", "", "fence"},
    {"fence r, rw", "", ""},
    {"fence rw, w", "", ""},
    {"fence.tso", "", ""},
    {"pause", "", ""},
    {".word 0x0ff5050f", "a0=1", "fence"},  // with reserved fields
    {"nop; fence.i; nop", "", "pc=0x1008 insns=2 call=FenceI()"},
    // CSRs. 1: write, 2: set, 3: clear in bits 13:12; bit 14: no write; bit 15: no read. 0x5678 comes back.
    {"csrrw a0, mscratch, a1", "a1=7", "a0=0x5678 call=Csr(0x1340,0x7,0x34059573)"},
    {"csrrw a1, mscratch, a1", "a1=7", "a1=0x5678 call=Csr(0x1340,0x7,0x340595f3)"},
    {"csrw mscratch, a1; li a0, 1", "a1=7", "a0=1 call=Csr(0x9340,0x7,0x34059073)"},
    {"csrw sepc, a1; li a0, 1", "a1=7", "a0=1 call=Csr(0x9141,0x7,0x14159073)"},
    {"csrr a0, sscratch", "", "a0=0x5678 call=Csr(0x6140,0x0,0x14002573)", 64, kUserKey},
    // Some are nothing but a register.
    {"csrw sscratch, a1; csrrw a2, sscratch, a3; csrr a4, sscratch", "a1=7 a3=9", "a2=7 a4=9"},
    {"csrw stval, a1; csrs stval, a2; csrrc a3, stval, a1; csrr a4, stval", "a1=6 a2=9", "a3=15 a4=9"},
    {"csrwi scause, 5; csrr a0, scause; csrr a1, sepc", "a1=1", "a0=5 a1=0"},
    {"csrw stvec, zero; nop", "", "pc=0x1004 insns=1 call=Csr(0x9105,0x0,0x10501073)"},
    {"csrs sstatus, a1; nop", "a1=2", "pc=0x1004 insns=1 call=Csr(0x2100,0x2,0x1005a073)"},
    {"csrrc a0, sstatus, a1; nop", "a1=2", "a0=0x5678 pc=0x1004 insns=1 call=Csr(0x3100,0x2,0x1005b573)"},
    {"csrr a0, sip; li a1, 1", "", "a0=0x5678 a1=1 call=Csr(0x6144,0x0,0x14402573)"},
    {"csrr a0, sstatus; li a1, 1", "dirty", "dirty a0=0x8000000000006000 a1=1"},
    {"csrrci a0, sstatus, 2; li a1, 1", "dirty", "dirty a0=0x8000000000006000 a1=1"},
    {"csrr a0, sstatus", "", "a0=0x5678 call=Csr(0x6100,0x0,0x10002573)", 64, kUserKey},
    {"csrrc a0, time, zero; nop", "", "a0=0x5678 call=Csr(0x7c01,0x0,0xc0103573)"},
    {"csrrwi zero, frm, 0; nop", "", "pc=0x1004 insns=1 call=Csr(0x9002,0x0,0x205073)"},
    {"csrrsi a0, sie, 0; nop", "", "a0=0x5678 call=Csr(0x6104,0x0,0x10406573)"},
    {"csrrsi a0, sie, 2; nop", "", "a0=0x5678 pc=0x1004 insns=1 call=Csr(0x2104,0x2,0x10416573)"},
    {"csrrci a0, sie, 2; nop", "", "a0=0x5678 pc=0x1004 insns=1 call=Csr(0x3104,0x2,0x10417573)"},
    {"csrr a0, time", "", "a0=0x5678 call=Csr(0x6c01,0x0,0xc0102573)", 32},
    // Privileged instructions; what their helpers do is not shown here.
    {"ecall; nop", "", "pc=0x3000 insns=1 call=Ecall()"},
    {"li a0, 1; ebreak", "", "a0=1 pc=0x3000 call=Ebreak()"},
    {"mret", "", "pc=0x3000 call=Mret(0x30200073)"},
    {"sret", "", "pc=0x3000 call=Sret(0x10200073)"},
    {"wfi", "", "pc=0x3000 call=Wfi(0x10500073,0x1004)"},
    {"sfence.vma a0, a1; nop", "a0=0x1000 a1=3", "pc=0x1004 insns=1 call=SfenceVma(0x1000,0x3,0x12b50073)"},
    {"sfence.vma; nop", "", "pc=0x1004 insns=1 call=SfenceVma(0x0,0x0,0x12000073)"},
    {"sinval.vma a0, a1", "a0=0x1000 a1=3", "call=SfenceVma(0x1000,0x3,0x16b50073)"},
    {"sfence.w.inval; nop", "", ""},
    {"sfence.inval.ir; nop", "", ""},
    {"sfence.w.inval", "", "pc=0x3000 call=Illegal(0x18000073)", 64, kUserKey},
    {"sfence.inval.ir", "", "pc=0x3000 call=Illegal(0x18100073)", 64, kUserKey},
    // Cache blocks.
    {"cbo.zero (a0)", "a0=0x1007f d@0x10040=1 d@0x10078=-1 d@0x10080=5 d@0x10038=6", "d@0x10040=0 d@0x10078=0"},
    {"cbo.zero (a0)", "a0=0x20000", "fault=0x20000 pc=0x1000 insns=0"},
    {"cbo.clean (a0)", "a0=0x10001", "call=CacheBlock(0x10001)"},
    {"cbo.flush (a0)", "a0=0x10001", "call=CacheBlock(0x10001)"},
    {"cbo.inval (a0)", "a0=0x10001", "call=CacheBlock(0x10001)"},
    {"cbo.inval (a0)", "a0=0x20000", "call=CacheBlock(0x20000)"},
    {"cbo.zero (a0)", "a0=0x10000", "pc=0x3000 call=Illegal(0x45200f)", 64, kNoCbo},
    {"cbo.clean (a0)", "a0=0x10000", "pc=0x3000 call=Illegal(0x15200f)", 64, kNoCbo},
    {"cbo.flush (a0)", "a0=0x10000", "pc=0x3000 call=Illegal(0x25200f)", 64, kNoCbo},
    {"cbo.inval (a0)", "a0=0x10000", "pc=0x3000 call=Illegal(0x5200f)", 64, kNoCbo},
    {"prefetch.i 32(a0); nop", "a0=0x20000", ""},
    {"prefetch.r 32(a0)", "a0=0x20000", ""},
    {"prefetch.w 32(a0)", "a0=0x20000", ""},
    // Illegal instructions; of a compressed one only 16 bits are reported.
    {".word 0xffffffff", "", "pc=0x3000 call=Illegal(0xffffffff)"},
    {".word 0x0000", "", "pc=0x3000 call=Illegal(0x0)"},
    {".word 0x8002", "", "pc=0x3000 call=Illegal(0x8002)"},
};

}  // namespace

absl::Span<const Snippet> SystemCases() { return kCases; }

}  // namespace emu::riscv
