#include "targets/riscv/fuzz/guest_image.h"

#include <cstring>

#include "targets/riscv/fuzz/random_insn.h"

namespace emu::riscv {
namespace {

// Where things lie in the image.
constexpr uint64_t kHandler = 0x1000;  // machine mode's, and one for the supervisor 0x800 further
constexpr uint64_t kValues = 0x2000;   // 512 values for registers; the 256th counts
constexpr uint64_t kTargets = 0x3000;  // 512 addresses of code
constexpr uint64_t kStatus = 0x4000;   // 512 values to set in mstatus
constexpr uint64_t kSpaces = 0x5000;   // 512 values for satp
constexpr uint64_t kCode = 0x8000, kCodeEnd = 0x40000;
constexpr uint64_t kData = 0x40000, kDataEnd = 0x100000;
constexpr uint64_t kTables = 0x100000;
constexpr unsigned kTablePages = 32, kRoots = 8;
constexpr unsigned kSlots = 512;

constexpr uint32_t kMepc = 0x341, kMcause = 0x342, kMstatus = 0x300, kMie = 0x304, kMtvec = 0x305, kSatp = 0x180,
                   kSepc = 0x141, kStvec = 0x105;

class Image {
 public:
  Image(uint64_t seed, const std::vector<uint64_t>& devices)
      : random_(seed), devices_(devices), bytes_(kFuzzImageSize) {}

  std::vector<uint8_t> Make() {
    Start();
    MachineHandler();
    SupervisorHandler();
    for (unsigned i = 0; i < kSlots; ++i) Values(i);
    Put64(kValues + 8 * 255, 0);
    Code();
    for (uint64_t at = kData; at < kDataEnd; at += 8 * (1 + random_.Below(8))) Put64(at, random_.Next());
    Tables();
    return std::move(bytes_);
  }

 private:
  void Put64(uint64_t at, uint64_t value) { std::memcpy(&bytes_[at], &value, 8); }
  void Emit(uint32_t insn) {
    const unsigned length = (insn & 3) == 3 ? 4 : 2;
    std::memcpy(&bytes_[at_], &insn, length);
    at_ += length;
  }
  // rd = address of `page` (a multiple of 4 KiB) of the image.
  void PageAddress(uint32_t rd, uint64_t page) {
    const uint64_t here = at_ & ~uint64_t{0xfff};
    Emit(EncodeU(0x17, rd, static_cast<uint32_t>((page - here) >> 12) & 0xfffff));
    for (uint64_t left = (at_ - 4) & 0xfff; left != 0;) {
      const uint64_t step = left < 2048 ? left : 2048;
      Emit(EncodeI(0x13, 0, rd, rd, static_cast<uint32_t>(-step)));
      left -= step;
    }
  }
  void Load(uint32_t rd, uint32_t base, uint32_t offset) { Emit(EncodeI(0x03, 3, rd, base, offset)); }
  void WriteCsr(uint32_t csr, uint32_t rs1) { Emit(EncodeCsr(1, 0, rs1, csr)); }

  void Start();
  void NextSlot();
  void MachineHandler();
  void SupervisorHandler();
  void Values(unsigned i);
  uint64_t CodeAddress() { return kFuzzRam + kCode + random_.Below(kCodeEnd - kCode) / 2 * 2; }
  uint64_t RandomValue();
  void Idiom();
  void Code();
  uint64_t Entry(unsigned level);
  void Tables();

  FuzzRandom random_;
  const std::vector<uint64_t>& devices_;
  std::vector<uint8_t> bytes_;
  uint64_t at_ = 0;
};

// All memory open, traps to the handlers, floating point on, then into the code.
void Image::Start() {
  at_ = 0;
  PageAddress(5, kHandler);
  WriteCsr(kMtvec, 5);
  Emit(EncodeI(0x13, 0, 6, 5, 0x7ff));
  Emit(EncodeI(0x13, 0, 6, 6, 1));
  WriteCsr(kStvec, 6);
  Emit(EncodeI(0x13, 0, 7, 0, 0xfff));
  WriteCsr(0x3b0, 7);
  Emit(EncodeI(0x13, 0, 7, 0, 0x1f));
  WriteCsr(0x3a0, 7);
  Emit(EncodeU(0x37, 7, 6));
  Emit(EncodeCsr(2, 0, 7, kMstatus));
  WriteCsr(kMepc, 0);
  PageAddress(31, kValues);
  for (uint32_t reg = 1; reg < 31; ++reg) Load(reg, 31, reg * 8);
  PageAddress(31, kCode);
  Emit(EncodeI(0x67, 0, 0, 31, 0));
}

// x31 = values, x30 = values + a slot that moves on with each trap; x8 to x11 get new values.
void Image::NextSlot() {
  PageAddress(31, kValues);
  Load(30, 31, 2040);
  Emit(EncodeI(0x13, 0, 30, 30, 8));
  Emit(EncodeI(0x13, 7, 30, 30, 0x7f8));
  Emit(EncodeS(0x23, 3, 31, 30, 2040));
  Emit(EncodeR(0x33, 0, 0, 30, 30, 31));
  for (uint32_t reg = 8; reg < 12; ++reg) Load(reg, 30, (reg - 8) * 8);
}

// Goes on behind the instruction, or anywhere if that was none. Interrupts switch all interrupts off.
void Image::MachineHandler() {
  at_ = kHandler;
  NextSlot();
  Emit(EncodeU(0x37, 28, 2));  // x28 = kStatus - kValues, of this slot
  Emit(EncodeR(0x33, 0, 0, 28, 28, 30));
  Load(28, 28, 0);
  Emit(EncodeCsr(2, 0, 28, kMstatus));
  Emit(EncodeU(0x37, 28, 1));
  Emit(EncodeR(0x33, 0, 0, 28, 28, 30));
  Load(28, 28, 0);  // from kTargets
  Emit(EncodeCsr(2, 29, 0, kMcause));
  Emit(EncodeCsr(2, 30, 0, kMepc));
  Emit(EncodeB(5, 29, 0, 12));  // an exception
  WriteCsr(kMie, 0);
  Emit(EncodeJ(0, 8));
  Emit(EncodeI(0x13, 0, 30, 30, 4));
  Emit(EncodeI(0x13, 3, 27, 29, 3));  // misaligned, not fetched, or illegal: data, perhaps
  Emit(EncodeB(1, 27, 0, 12));
  Emit(EncodeI(0x13, 4, 27, 29, 12));
  Emit(EncodeB(1, 27, 0, 8));
  Emit(EncodeI(0x13, 0, 30, 28, 0));
  WriteCsr(kMepc, 30);
  Emit(0x30200073);  // mret
}

void Image::SupervisorHandler() {
  at_ = kHandler + 0x800;
  NextSlot();
  Emit(EncodeCsr(2, 30, 0, kSepc));
  Emit(EncodeI(0x13, 0, 30, 30, 4));
  WriteCsr(kSepc, 30);
  Emit(0x10200073);  // sret
}

uint64_t Image::RandomValue() {
  const uint64_t edge = static_cast<uint64_t>(-8) + random_.Below(16);
  switch (random_.Below(16)) {
    case 0:
      return CodeAddress();
    case 1:
    case 2:
    case 3:
      return kFuzzRam + kData + random_.Below(kDataEnd - kData) / 8 * 8;
    case 4:
      return kFuzzRam + random_.Below(kFuzzImageSize >> 12) * 4096 + edge;  // about a page's end
    case 5:
      return devices_[random_.Below(devices_.size())] + random_.Below(64) * 8;
    case 6:
      return random_.Next();
    case 7:
      return random_.Next() >> random_.Below(64);
    case 8:
      return kFuzzRam + kTables + random_.Below(kTablePages * 512) * 8;
    case 9:
      return uint64_t{1} << random_.Below(64);
    case 10:
      return random_.OneIn(2) ? edge : static_cast<uint64_t>(-(random_.Next() & 0xffff));
    default:
      return kFuzzRam + random_.Below(kFuzzImageSize / 8) * 8;
  }
}

void Image::Values(unsigned i) {
  static constexpr uint64_t kBits[] = {0,       0,       0x6000,  0x1800, 0x1800, 0x800,
                                       0x20000, 0x40000, 0x80000, 0x88,   0x22,   0x7fffff};
  static constexpr uint64_t kModes[] = {0, 8, 8, 8, 9, 10, 5};
  Put64(kValues + 8 * i, RandomValue());
  Put64(kTargets + 8 * i, CodeAddress());
  Put64(kStatus + 8 * i, random_.Pick(kBits));
  Put64(kSpaces + 8 * i, random_.Pick(kModes) << 60 | random_.Below(3) << 44 |
                             (kFuzzRam + kTables + 4096 * random_.Below(kRoots)) >> 12);
}

// Sequences that single random instructions would hardly make.
void Image::Idiom() {
  const uint32_t reg = 8 + static_cast<uint32_t>(random_.Below(8));
  const uint32_t slot = static_cast<uint32_t>(random_.Below(255)) * 8;
  switch (random_.Below(6)) {
    case 0:  // another address space
      PageAddress(reg, kSpaces);
      Load(reg, reg, slot);
      WriteCsr(kSatp, reg);
      if (random_.OneIn(2)) Emit(0x12000073);
      return;
    case 1:  // patches code
      Emit(EncodeU(0x17, reg, 0));
      Emit(EncodeS(0x23, 2, reg, 8 + static_cast<uint32_t>(random_.Below(8)),
                   static_cast<uint32_t>(random_.Below(64)) * 2));
      if (random_.OneIn(2)) Emit(0x0000100f);
      return;
    case 2:  // to another privilege
      PageAddress(reg, kTargets);
      Load(reg, reg, slot);
      WriteCsr(random_.OneIn(2) ? kMepc : kSepc, reg);
      Emit(random_.OneIn(2) ? 0x30200073 : 0x10200073);
      return;
    case 3:  // jumps
      PageAddress(reg, kTargets);
      Load(reg, reg, slot);
      Emit(EncodeI(0x67, 0, static_cast<uint32_t>(random_.Below(2)), reg, 0));
      return;
    default:
      PageAddress(reg, kValues);
      Load(reg, reg, slot);
      if (random_.OneIn(4)) WriteCsr(RandomCsr(random_), reg);
  }
}

void Image::Code() {
  at_ = kCode;
  while (at_ < kCodeEnd - 64) {
    if (random_.OneIn(12)) {
      Idiom();
    } else {
      Emit(RandomInsn(random_));
    }
  }
}

// A page-table entry of a table whose entries map 4 KiB (level 0) or more.
uint64_t Image::Entry(unsigned level) {
  const uint64_t page = random_.Below(kFuzzImageSize >> 12);
  uint64_t flags = 0xcf | (random_.OneIn(2) ? 0x10 : 0);
  if (random_.OneIn(3)) flags &= ~(uint64_t{1} << random_.Below(8));
  if (random_.OneIn(16)) return random_.Next();
  if (level == 0) {
    if (random_.OneIn(8)) return uint64_t{1} << 63 | ((((kFuzzRam >> 12) + page) & ~uint64_t{15}) | 8) << 10 | flags;
    return (random_.OneIn(16) ? devices_[random_.Below(devices_.size())] >> 12 : (kFuzzRam >> 12) + page) << 10 | flags;
  }
  if (random_.OneIn(3)) return (kFuzzRam >> 12) << 10 | flags;  // a superpage over the image
  return ((kFuzzRam + kTables) >> 12 | random_.Below(kTablePages)) << 10 | 1;
}

// The first pages are meant as roots: entries 0 and 2 map the machine's own addresses for the most part.
void Image::Tables() {
  for (unsigned page = 0; page < kTablePages; ++page) {
    const unsigned level = page < kRoots ? 2 : page % 3;
    for (unsigned i = 0; i < 512; ++i) {
      if (random_.OneIn(2)) Put64(kTables + page * 4096 + i * 8, Entry(level));
    }
    if (page >= kRoots || random_.OneIn(8)) continue;
    const uint64_t user = random_.OneIn(2) ? 0x10 : 0, table = kFuzzRam + kTables + page * 4096;
    const bool deep = random_.OneIn(3);  // then this table is also its own lower ones, for Sv48 and Sv57
    Put64(kTables + page * 4096, deep ? table >> 12 << 10 | 1 : 0xcf | user);
    Put64(kTables + page * 4096 + 16, (kFuzzRam >> 12) << 10 | 0xcf | user);
  }
}

}  // namespace

std::vector<uint8_t> MakeFuzzGuest(uint64_t seed, const std::vector<uint64_t>& devices) {
  return Image(seed, devices).Make();
}

}  // namespace emu::riscv
