// The platform-level interrupt controller of RISC-V boards (RISC-V PLIC specification 1.0.0): level-triggered gateways,
// and for each context (a hart in one mode) enables, a threshold and the claim/complete register.
#ifndef EMU_DEVICES_PLIC_H_
#define EMU_DEVICES_PLIC_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "memory/access.h"

namespace emu::devices {

class Plic : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 0x600000;
  static constexpr unsigned kMaxSources = 1024;

  struct Config {
    unsigned sources = 96;      // including number 0, which does not exist; at most kMaxSources
    unsigned contexts = 2;      // on this board: M and S of hart 0, M and S of hart 1, ...
    uint32_t max_priority = 7;  // a power of two less one
  };

  explicit Plic(Config config);
  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {4, 4, false}, {4, 4, false}}; }

  // The wire from a device. Numbers that do not exist are ignored.
  void SetSource(unsigned source, bool level);
  // Joins a device's line to `source`.
  void Connect(IrqLine& line, unsigned source);
  // The wire to a hart.
  IrqLine& irq(unsigned context) { return contexts_.at(context).line; }
  void Reset();

  // Who listens to a context: the phandle of the hart's interrupt controller, and the interrupt there.
  struct Wire {
    uint32_t cpu_intc;
    uint32_t interrupt;
  };
  // `phandle` was taken from NewPhandle(): devices name it as their interrupt parent.
  void AddFdtNode(FdtBuilder& fdt, uint64_t base, uint32_t phandle, absl::Span<const Wire> wires) const;

  struct SourceState {
    uint32_t priority = 0;
    bool level = false;  // of the wire
    bool pending = false;
    bool in_service = false;  // claimed by someone and not completed: the gateway is shut
  };
  const SourceState& source(unsigned number) const { return sources_.at(number); }
  unsigned sources() const { return static_cast<unsigned>(sources_.size()); }
  // For any context.
  bool enabled(unsigned source) const;

 private:
  struct Context {
    explicit Context(std::string name, size_t words) : line(std::move(name)), enabled(words) {}
    IrqLine line;
    std::vector<uint32_t> enabled;
    uint32_t threshold = 0;
  };

  void OpenGateway(unsigned source);
  void SetPending(unsigned source, bool pending);
  // The pending, enabled source with the highest priority, the lowest number among equals; 0 if none.
  unsigned Best(const Context& context) const;
  void UpdateAll();
  uint32_t Claim(Context& context);
  void Complete(Context& context, uint64_t source);
  uint32_t ReadContext(uint64_t offset, bool debug);
  void WriteContext(uint64_t offset, uint32_t value);
  void WriteEnable(uint64_t offset, uint32_t value);

  const Config config_;
  std::vector<SourceState> sources_;
  std::vector<uint32_t> pending_;
  std::deque<Context> contexts_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_PLIC_H_
