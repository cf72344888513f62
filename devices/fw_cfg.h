// The firmware configuration device with its memory-mapped interface and DMA (specification: "QEMU Firmware
// Configuration (fw_cfg) Device"). Firmware and kernels read the board's files from it; nothing can be written to.
#ifndef EMU_DEVICES_FW_CFG_H_
#define EMU_DEVICES_FW_CFG_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "devices/fdt_builder.h"
#include "memory/access.h"
#include "memory/address_space.h"

namespace emu::devices {

class FwCfg {
 public:
  static constexpr uint64_t kSize = 0x18;
  static constexpr uint64_t kDataOffset = 0, kDataSize = 8;
  static constexpr uint64_t kSelectorOffset = 8, kSelectorSize = 2;
  static constexpr uint64_t kDmaOffset = 0x10, kDmaSize = 8;

  explicit FwCfg(memory::AddressSpace& memory);
  FwCfg(const FwCfg&) = delete;
  FwCfg& operator=(const FwCfg&) = delete;

  // Fixed item numbers below 0x20 are the platform's; the signature, the interface and the directory are there already.
  void AddItem(uint16_t key, std::vector<uint8_t> data) { items_[key] = std::move(data); }
  // Named files get numbers by themselves. Names have at most 55 bytes and occur once.
  absl::Status AddFile(absl::string_view name, std::vector<uint8_t> data);

  // The three registers, to be mapped at the offsets above.
  memory::MmioDevice& data() { return data_; }
  memory::MmioDevice& selector() { return selector_; }
  memory::MmioDevice& dma() { return dma_; }
  static memory::MmioTraits DataTraits() { return {memory::Endian::kBig, {1, 8, true}, {1, 8, true}}; }
  static memory::MmioTraits SelectorTraits() { return {memory::Endian::kBig, {2, 2, false}, {2, 2, false}}; }
  static memory::MmioTraits DmaTraits() { return {memory::Endian::kBig, {4, 8, false}, {4, 8, false}}; }

  void Reset();
  static void AddFdtNode(FdtBuilder& fdt, uint64_t base);

 private:
  using Handler = void (FwCfg::*)(uint64_t offset, unsigned size, uint64_t value);
  using Reader = uint64_t (FwCfg::*)(uint64_t offset, unsigned size, bool debug);

  class Register : public memory::MmioDevice {
   public:
    Register(FwCfg* owner, const char* name, Reader read, Handler write)
        : owner_(owner), name_(name), read_(read), write_(write) {}
    memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
    memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value,
                            memory::MemAttrs attrs) override;
    const char* RegisterName(memory::RegionOffset) const override { return name_; }

   private:
    FwCfg* owner_;
    const char* name_;
    Reader read_;
    Handler write_;
  };

  uint64_t ReadData(uint64_t offset, unsigned size, bool debug);
  uint64_t ReadNothing(uint64_t, unsigned, bool) { return 0; }
  uint64_t ReadDma(uint64_t offset, unsigned size, bool debug);
  void WriteNothing(uint64_t, unsigned, uint64_t) {}
  void WriteSelector(uint64_t offset, unsigned size, uint64_t value);
  void WriteDma(uint64_t offset, unsigned size, uint64_t value);

  void Select(uint16_t key);
  void RunDma(uint64_t at);
  bool TransferDma(uint64_t to, uint32_t length);
  void RebuildDirectory();
  const std::vector<uint8_t>& current() const;

  struct File {
    std::string name;
    uint16_t key;
  };

  memory::AddressSpace& memory_;
  std::map<uint16_t, std::vector<uint8_t>> items_;
  std::vector<File> files_;
  uint16_t key_ = 0;
  uint64_t offset_ = 0;
  uint64_t dma_high_ = 0;
  bool busy_ = false;
  Register data_{this, "data", &FwCfg::ReadData, &FwCfg::WriteNothing};
  Register selector_{this, "selector", &FwCfg::ReadNothing, &FwCfg::WriteSelector};
  Register dma_{this, "DMA address", &FwCfg::ReadDma, &FwCfg::WriteDma};
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_FW_CFG_H_
