// Accesses: to data, to code, to page tables, to the device.
#include "targets/riscv/fuzz/program_maker.h"

namespace emu::riscv {

// Into kAddress: the data pages, at a place that a register chooses or a constant does, in either mapping.
void ProgramMaker::Address(unsigned align) {
  if (random_.OneIn(2)) {
    Emit(EncodeI(0x13, 7, kAddress, Any(), 0x7ff & ~(align - 1)));
    Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kData));
  } else {
    AddImm(kAddress, kData, Pick(2048) & ~(align - 1));
  }
  if (random_.OneIn(6)) {  // about the end of a page: the next is there, may not be written, or is not there
    AddressOf(kAddress, Layout::kData + (1 + Pick(3)) * 0x1000);
    AddImm(kAddress, kAddress, static_cast<uint64_t>(static_cast<int64_t>(Pick(16)) - 12) & ~uint64_t{align - 1});
  }
  if (random_.OneIn(4)) Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kAlias));
}

// Four bytes and four are stored, or nearly those, and loaded as eight.
void ProgramMaker::Halves() {
  const uint32_t offset = 8 * Pick(8);
  for (uint32_t half : {0, 4}) {
    const uint32_t at = offset + half + (random_.OneIn(8) ? 4 : 0), size = random_.OneIn(8) ? Pick(4) : 2;
    Emit(EncodeS(random_.OneIn(2) ? 0x23 : 0x27, random_.OneIn(2) ? 2 : size, kAddress, Pick(16), at));
  }
  Emit(random_.OneIn(4) ? EncodeI(0x07, 3, Pick(16), kAddress, offset) : EncodeI(0x03, 3, Any(), kAddress, offset));
}

void ProgramMaker::Memory() {
  const uint32_t size = Pick(4);
  Address(random_.OneIn(8) ? 1 : 1u << size);
  if (random_.OneIn(6)) return Halves();
  for (uint32_t n = 1 + Pick(3); n != 0; --n) {
    const uint32_t offset = (Pick(32) - 16) << size;
    if (random_.OneIn(2)) {
      Emit(EncodeS(0x23, size, kAddress, Any(), offset & 0xfff));
    } else {
      Emit(EncodeI(0x03, random_.OneIn(2) || size == 3 ? size : size | 4, Any(), kAddress, offset));
    }
  }
}

// Sometimes misaligned; now and then a pair of LR and SC.
void ProgramMaker::Atomic() {
  static constexpr uint32_t kOps[] = {0, 1, 4, 8, 12, 16, 20, 24, 28};
  const uint32_t size = 2 + Pick(2), order = Pick(4);
  Address(random_.OneIn(12) ? 2 : 8);
  if (!random_.OneIn(4)) {
    return Emit(EncodeR(0x2f, size, random_.Pick(kOps) << 2 | order, random_.OneIn(4) ? 0 : Any(), kAddress, Any()));
  }
  Emit(EncodeR(0x2f, size, 2 << 2 | order, Any(), kAddress, 0));
  if (random_.OneIn(2)) Emit(AluInsn());
  if (random_.OneIn(4)) Emit(EncodeS(0x23, size, kAddress, Any(), 0));
  Emit(EncodeR(0x2f, size, 3 << 2 | order, Any(), kAddress, Any()));
}

// Writes over the first instruction of a function, or over one that comes at once.
void ProgramMaker::Patch() {
  const uint32_t value = Any();
  const bool here = random_.OneIn(2);
  Emit(EncodeI(0x03, 2, value, kTable, static_cast<uint32_t>(Layout::kPatches) + 8 * Pick(Layout::kTableSlots)));
  AddressOf(kAddress, here ? at_ + 16 : starts_[1 + Pick(kFunctions)]);
  Emit(EncodeS(0x23, 2, kAddress, value, 0));
  Emit(0x0000100f);  // fence.i
  if (!here) return;
  program_.patched.push_back(kFuzzRam + at_);
  Emit(AluInsn());
}

// A supervisor changes what may be done with a page of its data.
void ProgramMaker::Remap() {
  if (program_.privilege != kSupervisor) return Alu();
  const uint64_t page = (Layout::kData >> 12) + 1 + Pick(3), table = Layout::kPageTables + (2 + Pick(2)) * 0x1000;
  static constexpr uint32_t kRights[] = {1, 2, 4};  // valid, readable, writable
  const uint32_t entry = Any();
  AddressOf(kAddress, table + 8 * page);
  Load(entry, kAddress, 0);
  Emit(EncodeI(0x13, 4, entry, entry, random_.Pick(kRights)));
  Store(entry, kAddress, 0);
  Emit(0x12000073);  // sfence.vma
}

// It tells how many instructions were executed.
void ProgramMaker::Device() {
  const uint32_t size = 2 + Pick(2);
  Emit(random_.OneIn(2) ? EncodeI(0x03, size, Any(), kDevice, 8 * Pick(16))
                        : EncodeS(0x23, size, kDevice, Any(), 0x100 + 8 * Pick(16)));
}

}  // namespace emu::riscv
