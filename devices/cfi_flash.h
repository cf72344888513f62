// A bank of NOR flash chips with the Intel command set and the Common Flash Interface (JEDEC JESD68.01; Intel
// StrataFlash J3 data sheet). Two 16-bit chips side by side make the 32-bit bank of virtual boards. While it shows its
// array, reads go straight to memory: the region is a ROM device, and this is the side that takes the writes.
#ifndef EMU_DEVICES_CFI_FLASH_H_
#define EMU_DEVICES_CFI_FLASH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "devices/fdt_builder.h"
#include "memory/access.h"
#include "memory/ram_block.h"

namespace emu::devices {

class CfiFlash : public memory::MmioDevice {
 public:
  struct Config {
    uint32_t block_bytes = 0x40000;  // erased at once, over all chips of the bank
    unsigned bank_width = 4;         // bytes; the chips are 2 bytes wide
    uint16_t manufacturer = 0x89;
    uint16_t device = 0x18;
  };

  // `block` holds the contents; its size is a power of two and a multiple of block_bytes. `direct_reads` is told when
  // the region should read from memory (true) or from this device (false).
  CfiFlash(Config config, memory::RamBlock::Ptr block, std::function<void(bool)> direct_reads);

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {1, 8, false}, {1, 4, false}}; }

  // The contents stay.
  void Reset();
  struct Place {
    uint64_t base;
    uint64_t size;
  };
  // One node for all banks.
  static void AddFdtNode(FdtBuilder& fdt, absl::Span<const Place> places, unsigned bank_width);

 private:
  enum class Mode : uint8_t { kArray, kIdentity, kQuery, kStatus };
  enum class Step : uint8_t { kCommand, kProgram, kErase, kLock, kBufferCount, kBufferData, kBufferConfirm };
  struct Word {
    uint64_t offset;
    unsigned size;
    uint64_t value;
  };

  void Command(uint8_t command);
  void Enter(Mode mode);
  void Program(const Word& word);
  void Erase(uint64_t offset);
  void TakeBufferCount(uint64_t count);
  void TakeBufferWord(const Word& word);
  void ProgramBuffer();
  uint8_t QueryByte(uint64_t index) const;
  uint16_t ChipWord(uint64_t index) const;
  bool InBlock(uint64_t offset, unsigned size) const { return offset + size <= block_->size(); }

  const Config config_;
  const memory::RamBlock::Ptr block_;
  const std::function<void(bool)> direct_reads_;
  std::vector<uint8_t> query_;
  Mode mode_ = Mode::kArray;
  Step step_ = Step::kCommand;
  uint8_t status_ = 0;
  uint64_t buffer_left_ = 0;
  std::vector<Word> buffer_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_CFI_FLASH_H_
