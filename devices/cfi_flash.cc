#include "devices/cfi_flash.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/numeric/bits.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

constexpr unsigned kChipWidth = 2;
constexpr unsigned kBufferShift = 6;  // log2 of the write buffer of one chip, in bytes
constexpr uint64_t kBufferWords = (1 << kBufferShift) / kChipWidth;
constexpr uint64_t kQueryStart = 0x10;

// Data sheet, table "Command Bus-Cycle Definitions".
enum CommandByte : uint8_t {
  kProgramAlternate = 0x10,
  kBlockErase = 0x20,
  kProgramWord = 0x40,
  kClearStatus = 0x50,
  kLockSetup = 0x60,
  kReadStatus = 0x70,
  kReadIdentity = 0x90,
  kReadQuery = 0x98,
  kConfirm = 0xd0,
  kWriteBuffer = 0xe8,
  kReadArray = 0xff,
};
// Table "Status Register Definitions".
enum StatusBit : uint8_t { kReady = 0x80, kEraseError = 0x20, kProgramError = 0x10 };

// The query table of one chip, from word address 0x10 on (JESD68.01, section "Query Structure").
std::vector<uint8_t> MakeQuery(uint64_t chip_bytes, uint64_t chip_block_bytes) {
  const auto blocks = static_cast<uint16_t>(chip_bytes / chip_block_bytes - 1);
  const auto units = static_cast<uint16_t>(chip_block_bytes / 256);
  return {
      'Q',
      'R',
      'Y',
      0x01,
      0x00,
      0x31,
      0x00,
      0x00,
      0x00,
      0x00,
      0x00,  // Intel command set, its table at 0x31
      0x27,
      0x36,
      0x00,
      0x00,  // Vcc 2.7 to 3.6 V, no Vpp
      0x07,
      0x07,
      0x0a,
      0x00,
      0x04,
      0x04,
      0x04,
      0x00,  // times, as powers of two
      static_cast<uint8_t>(absl::countr_zero(chip_bytes)),
      0x02,
      0x00,  // size; 8 or 16 bits wide
      kBufferShift,
      0x00,
      0x01,  // write buffer; one region of equal blocks:
      static_cast<uint8_t>(blocks),
      static_cast<uint8_t>(blocks >> 8),
      static_cast<uint8_t>(units),
      static_cast<uint8_t>(units >> 8),
      'P',
      'R',
      'I',
      '1',
      '0',
      0x00,
      0x00,
      0x00,
      0x00,
      0x00,
      0x00,
      0x00,
      0x33,
      0x00,
      0x00,
  };
}

}  // namespace

CfiFlash::CfiFlash(Config config, memory::RamBlock::Ptr block, std::function<void(bool)> direct_reads)
    : config_(config), block_(std::move(block)), direct_reads_(std::move(direct_reads)) {
  const uint64_t chips = config_.bank_width / kChipWidth;
  query_ = MakeQuery(block_->size() / chips, config_.block_bytes / chips);
  Reset();
}

void CfiFlash::Reset() {
  status_ = kReady;
  step_ = Step::kCommand;
  buffer_.clear();
  Enter(Mode::kArray);
}

void CfiFlash::Enter(Mode mode) {
  mode_ = mode;
  if (direct_reads_) direct_reads_(mode == Mode::kArray);
}

uint8_t CfiFlash::QueryByte(uint64_t index) const {
  if (index < kQueryStart || index - kQueryStart >= query_.size()) return 0;
  return query_[index - kQueryStart];
}

// What each chip answers at word address `index` when it does not show its array.
uint16_t CfiFlash::ChipWord(uint64_t index) const {
  if (mode_ == Mode::kQuery) return QueryByte(index & 0xff);
  if (mode_ == Mode::kStatus) return status_;
  const uint64_t within = index & 0xff;
  return within == 0 ? config_.manufacturer : within == 1 ? config_.device : 0;  // 2: the block is not locked
}

MemValue CfiFlash::Read(RegionOffset offset, unsigned size, MemAttrs) {
  uint64_t value = 0;
  if (mode_ == Mode::kArray) {
    if (InBlock(offset.value, size)) std::memcpy(&value, block_->host() + offset.value, size);
    return {MemStatus::kOk, value};
  }
  const uint16_t word = ChipWord(offset.value / config_.bank_width);
  for (unsigned i = size; i-- > 0;) {
    const unsigned shift = 8 * ((offset.value + i) % kChipWidth);  // chips side by side answer alike
    value = value << 8 | ((word >> shift) & 0xff);
  }
  return {MemStatus::kOk, value};
}

// Programming can only clear bits.
void CfiFlash::Program(const Word& word) {
  if (!InBlock(word.offset, word.size)) return;
  for (unsigned i = 0; i < word.size; ++i) {
    block_->host()[word.offset + i] &= static_cast<uint8_t>(word.value >> (8 * i));
  }
  block_->NoteWrite(word.offset, word.size);
}

void CfiFlash::Erase(uint64_t offset) {
  const uint64_t from = offset / config_.block_bytes * config_.block_bytes;
  if (from >= block_->size()) return;
  const uint64_t count = std::min<uint64_t>(config_.block_bytes, block_->size() - from);
  std::memset(block_->host() + from, 0xff, count);
  block_->NoteWrite(from, count);
}

void CfiFlash::Command(uint8_t command) {
  switch (command) {
    case kReadArray:
      return Enter(Mode::kArray);
    case kReadIdentity:
      return Enter(Mode::kIdentity);
    case kReadQuery:
      return Enter(Mode::kQuery);
    case kClearStatus:
      status_ = kReady;
      return;
    case kProgramWord:
    case kProgramAlternate:
      step_ = Step::kProgram;
      break;
    case kBlockErase:
      step_ = Step::kErase;
      break;
    case kLockSetup:
      step_ = Step::kLock;
      break;
    case kWriteBuffer:
      step_ = Step::kBufferCount;
      break;
    case kReadStatus:
      break;
    default:
      return Enter(Mode::kArray);
  }
  Enter(Mode::kStatus);
}

void CfiFlash::TakeBufferCount(uint64_t count) {
  buffer_.clear();
  buffer_left_ = (count & 0xffff) + 1;
  if (buffer_left_ <= kBufferWords) {
    step_ = Step::kBufferData;
  } else {
    status_ |= kEraseError | kProgramError;  // both: a wrong command sequence
  }
}

void CfiFlash::TakeBufferWord(const Word& word) {
  buffer_.push_back(word);
  step_ = --buffer_left_ == 0 ? Step::kBufferConfirm : Step::kBufferData;
}

void CfiFlash::ProgramBuffer() {
  for (const Word& word : buffer_) Program(word);
  buffer_.clear();
}

MemStatus CfiFlash::Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs) {
  const Word word = {offset.value, size, value};
  const bool confirmed = (value & 0xff) == kConfirm;
  const auto refuse = [this] { status_ |= kEraseError | kProgramError; };
  switch (std::exchange(step_, Step::kCommand)) {
    case Step::kCommand:
      Command(static_cast<uint8_t>(value));
      break;
    case Step::kProgram:
      Program(word);
      break;
    case Step::kErase:
      confirmed ? Erase(offset.value) : refuse();
      break;
    case Step::kLock:
      break;  // no block is ever locked
    case Step::kBufferCount:
      TakeBufferCount(value);
      break;
    case Step::kBufferData:
      TakeBufferWord(word);
      break;
    case Step::kBufferConfirm:
      confirmed ? ProgramBuffer() : refuse();
      break;
  }
  return MemStatus::kOk;
}

const char* CfiFlash::RegisterName(RegionOffset) const {
  static constexpr const char* kNames[] = {"array", "identity", "query", "status"};
  return kNames[static_cast<unsigned>(mode_)];
}

void CfiFlash::AddFdtNode(FdtBuilder& fdt, absl::Span<const Place> places, unsigned bank_width) {
  std::vector<uint32_t> reg;
  for (const Place& place : places) {
    for (const uint64_t value : {place.base, place.size}) {
      reg.push_back(static_cast<uint32_t>(value >> 32));
      reg.push_back(static_cast<uint32_t>(value));
    }
  }
  fdt.BeginNode("flash", places.empty() ? 0 : places[0].base);
  fdt.U32("bank-width", bank_width);
  fdt.Cells("reg", reg);
  fdt.String("compatible", "cfi-flash");
  fdt.EndNode();
}

}  // namespace emu::devices
