#include "targets/riscv/fuzz/program_image.h"

#include <cstring>

#include "targets/riscv/fuzz/program_maker.h"

namespace emu::riscv {
namespace {

constexpr uint64_t kBox = uint64_t{0xffffffff} << 32;  // of single precision in a wider register
constexpr uint64_t kRamPage = kFuzzRam >> 12, kRamPages = 512;
constexpr uint64_t kValid = 1, kReadWriteRun = 0xce, kReadOnly = 0x4a, kForUser = 0x10;  // accessed and dirty too

// Numbers at the edges of what single and double precision do.
constexpr uint64_t kDoubles[] = {0,
                                 0x8000000000000000,
                                 0x3ff0000000000000,
                                 0xbff0000000000000,
                                 0x7ff0000000000000,
                                 0xfff0000000000000,
                                 0x7ff8000000000000,
                                 0x7ff0000000000001,
                                 0xfff8000000000123,
                                 1,
                                 0x800fffffffffffff,
                                 0x0010000000000000,
                                 0x7fefffffffffffff,
                                 0x41dfffffffe00000,
                                 0xc1e0000000000000,
                                 0x43e0000000000000,
                                 0x3fe0000000000000,
                                 0x4330000000000001,
                                 0x3ff0000000000001,
                                 0x36a0000000000000,
                                 0x47efffffe0000000,
                                 0x380fffffe0000000};
constexpr uint32_t kSingles[] = {0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000,
                                 0x7fc00000, 0x7f800001, 0xffc00123, 1,          0x807fffff, 0x00800000,
                                 0x7f7fffff, 0x4effffff, 0xcf000000, 0x5f000000, 0x3f000000, 0x4b000001};

}  // namespace

uint64_t ProgramMaker::Hole() {
  const uint64_t hole = at_;
  Emit(EncodeI(0x13, 0, 0, 0, 0));
  return hole;
}

void ProgramMaker::Land(uint64_t hole, uint32_t f3, uint32_t rs1, uint32_t rs2) {
  const uint32_t branch = EncodeB(f3, rs1, rs2, static_cast<uint32_t>(at_ - hole));
  std::memcpy(&program_.image[hole], &branch, 4);
}

void ProgramMaker::Put64(uint64_t at, uint64_t value) { std::memcpy(&program_.image[at], &value, 8); }

void ProgramMaker::Emit(uint32_t insn) {
  const unsigned length = (insn & 3) == 3 ? 4 : 2;
  std::memcpy(&program_.image[at_], &insn, length);
  at_ += length;
}

void ProgramMaker::AddressOf(uint32_t rd, uint64_t offset) {
  const int64_t distance = static_cast<int64_t>(offset - at_);
  Emit(EncodeU(0x17, rd, static_cast<uint32_t>((distance + 0x800) >> 12) & 0xfffff));
  AddImm(rd, rd, static_cast<uint64_t>(distance));
}

void ProgramMaker::Jump(uint32_t rd, uint64_t to) { Emit(EncodeJ(rd, static_cast<uint32_t>(to - at_))); }

void ProgramMaker::Tables() {
  for (unsigned i = 0; i < Layout::kTableSlots; ++i) {
    const uint64_t single = random_.OneIn(3) ? random_.Next() & 0xffffffff : random_.Pick(kSingles);
    const uint64_t wide = random_.OneIn(3) ? random_.Next() : random_.Pick(kDoubles);
    Put64(Layout::kTables + Layout::kIntegers + 8 * i, random_.Next() >> Pick(64));
    Put64(Layout::kTables + Layout::kFloats + 8 * i, i % 2 == 0 ? wide : single | (random_.OneIn(16) ? 0 : kBox));
    Put64(Layout::kTables + Layout::kPatches + 8 * i, AluInsn());
    Put64(Layout::kTables + Layout::kFunctionTable + 8 * i, kFuzzRam + starts_[1 + i % kFunctions]);
  }
  for (uint64_t at = Layout::kData; at < Layout::kData + 0x2000; at += 8) Put64(at, random_.Next());
}

// Sv39: a root, the gigabyte at RAM, RAM as it is, RAM again behind it, and the device.
void ProgramMaker::PageTables() {
  constexpr uint64_t kRoot = Layout::kPageTables, kMiddle = kRoot + 0x1000, kSame = kRoot + 0x2000;
  constexpr uint64_t kAgain = kRoot + 0x3000, kDevices = kRoot + 0x4000;
  const uint64_t user = program_.privilege == kUser ? kForUser : 0;
  const auto table = [](uint64_t at) { return (kFuzzRam + at) >> 12 << 10 | kValid; };
  Put64(kRoot + 8 * (kFuzzRam >> 30), table(kMiddle));
  Put64(kMiddle, table(kSame));
  Put64(kMiddle + 8, table(kAgain));
  Put64(kMiddle + 16, table(kDevices));
  for (uint64_t i = 0; i < kRamPages; ++i) {
    const uint64_t rights = i == (Layout::kData >> 12) + 2 ? kReadOnly : kReadWriteRun;
    const bool absent = i == (Layout::kData >> 12) + 3;
    const uint64_t entry = (kRamPage + i) << 10 | rights | user | (absent ? 0 : kValid);
    Put64(kSame + 8 * i, entry);
    Put64(kAgain + 8 * i, entry);
  }
  Put64(kDevices, kProgramDevice >> 12 << 10 | 0xc6 | user | kValid);
  program_.satp = uint64_t{8} << 60 | (kFuzzRam + kRoot) >> 12;
}

void ProgramMaker::Main() {
  at_ = starts_[0];
  limit_ = at_ + kBytes;
  program_.entry = kFuzzRam + at_;
  AddressOf(kData, Layout::kData + 0x800);
  AddressOf(kTable, Layout::kTables);
  AddressOf(kSp, Layout::kStack + 0xf00);
  for (uint32_t reg = 5; reg < 32; ++reg) {
    if (reg != kAddress && (reg < kCounter || reg > kDevice)) Load(reg, kTable, 8 * Pick(Layout::kTableSlots));
    Emit(EncodeI(0x07, 3, reg, kTable, static_cast<uint32_t>(Layout::kFloats) + 8 * Pick(Layout::kTableSlots)));
  }
  AddImm(kAlias, 0, paged() ? 1 : 0);
  Emit(EncodeI(0x13, 1, kAlias, kAlias, 21));
  AddImm(kAbsent, 0, 1);
  Emit(EncodeI(0x13, 1, kAbsent, kAbsent, 29));  // below the device and RAM
  Emit(EncodeI(0x13, 0, kDevice, 0, paged() ? 0x201 : 0x40));
  Emit(EncodeI(0x13, 1, kDevice, kDevice, 22));
  Body(24, 0);
  program_.end = kFuzzRam + at_;
  Jump(0, at_);
}

// Calls only functions of higher numbers.
void ProgramMaker::Function(unsigned number) {
  function_ = number;
  at_ = starts_[number];
  limit_ = at_ + kBytes;
  program_.patched.push_back(kFuzzRam + at_);
  Emit(AluInsn());
  AddImm(kSp, kSp, static_cast<uint64_t>(-32));
  Store(kRa, kSp, 0);
  for (uint32_t i = 0; i < kDepth; ++i) Store(kCounter + i, kSp, 8 + 8 * i);
  Body(2 + Pick(8), 0);
  for (uint32_t i = 0; i < kDepth; ++i) Load(kCounter + i, kSp, 8 + 8 * i);
  Load(kRa, kSp, 0);
  AddImm(kSp, kSp, 32);
  Emit(EncodeI(0x67, 0, 0, kRa, 0));
}

FuzzProgram ProgramMaker::Make() {
  static constexpr Privilege kPrivileges[] = {kMachine, kSupervisor, kUser};
  program_.image.resize(Layout::kEnd);
  program_.privilege = random_.Pick(kPrivileges);
  for (unsigned i = 0; i <= kFunctions; ++i) {
    // About the end of a page, so that functions and single instructions lie across it.
    starts_[i] = Layout::kCode + i * 0x1000 + (i == 0 ? 0x40 : 2 * Pick(64)) - 0x40;
  }
  Handler();
  Main();
  for (unsigned i = 1; i <= kFunctions; ++i) Function(i);
  Tables();
  if (paged()) PageTables();
  return std::move(program_);
}

FuzzProgram MakeFuzzProgram(uint64_t seed) { return ProgramMaker(seed).Make(); }

}  // namespace emu::riscv
