#include "devices/plic.h"

#include <algorithm>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

// Specification, chapter 3, "Memory Map".
constexpr uint64_t kPendingBase = 0x1000;
constexpr uint64_t kEnableBase = 0x2000;
constexpr uint64_t kEnableStride = 0x80;
constexpr uint64_t kContextBase = 0x200000;
constexpr uint64_t kContextStride = 0x1000;

}  // namespace

Plic::Plic(Config config)
    : config_(config), sources_(std::min(config.sources, kMaxSources)), pending_((sources_.size() + 31) / 32) {
  for (unsigned i = 0; i < config.contexts; ++i) contexts_.emplace_back(absl::StrCat("plic", i), pending_.size());
}

void Plic::Reset() {
  for (unsigned i = 0; i < sources_.size(); ++i) {
    sources_[i] = {0, sources_[i].level, false, false};
    OpenGateway(i);
  }
  for (Context& context : contexts_) {
    std::fill(context.enabled.begin(), context.enabled.end(), 0);
    context.threshold = 0;
  }
  UpdateAll();
}

void Plic::SetPending(unsigned source, bool pending) {
  sources_[source].pending = pending;
  const uint32_t bit = uint32_t{1} << (source % 32);
  pending_[source / 32] = pending ? pending_[source / 32] | bit : pending_[source / 32] & ~bit;
}

// A gateway hands on one request, then waits for its completion.
void Plic::OpenGateway(unsigned source) {
  SetPending(source, sources_[source].level && !sources_[source].in_service && source != 0);
}

void Plic::SetSource(unsigned number, bool level) {
  if (number == 0 || number >= sources_.size()) return;
  SourceState& source = sources_[number];
  source.level = level;
  // A request that has been handed on stays, even if the wire falls.
  if (!level || source.pending || source.in_service) return;
  SetPending(number, true);
  UpdateAll();
}

void Plic::Connect(IrqLine& line, unsigned source) {
  line.Connect([this, source](bool level) { SetSource(source, level); });
}

bool Plic::enabled(unsigned source) const {
  return std::any_of(contexts_.begin(), contexts_.end(),
                     [&](const Context& c) { return (c.enabled.at(source / 32) >> (source % 32) & 1) != 0; });
}

unsigned Plic::Best(const Context& context) const {
  unsigned best = 0;
  uint32_t best_priority = 0;  // priority 0 means never
  for (size_t word = 0; word < pending_.size(); ++word) {
    for (uint32_t bits = pending_[word] & context.enabled[word]; bits != 0; bits &= bits - 1) {
      const unsigned number = static_cast<unsigned>(word * 32 + absl::countr_zero(bits));
      if (sources_[number].priority <= best_priority) continue;
      best = number;
      best_priority = sources_[number].priority;
    }
  }
  return best;
}

void Plic::UpdateAll() {
  for (Context& context : contexts_) {
    const unsigned best = Best(context);
    context.line.Set(best != 0 && sources_[best].priority > context.threshold);
  }
}

// The threshold masks the wire, not the claim (specification, chapter 7, "Interrupt Claim Process").
uint32_t Plic::Claim(Context& context) {
  const unsigned best = Best(context);
  if (best == 0) return 0;
  SetPending(best, false);
  sources_[best].in_service = true;
  UpdateAll();
  return best;
}

// Completing what is not enabled for the context is silently ignored (chapter 8).
void Plic::Complete(Context& context, uint64_t source) {
  if (source == 0 || source >= sources_.size() || !sources_[source].in_service) return;
  if ((context.enabled[source / 32] >> (source % 32) & 1) == 0) return;
  sources_[source].in_service = false;
  OpenGateway(static_cast<unsigned>(source));
  UpdateAll();
}

uint32_t Plic::ReadContext(uint64_t offset, bool debug) {
  const uint64_t index = offset / kContextStride;
  if (index >= contexts_.size()) return 0;
  switch (offset % kContextStride) {
    case 0:
      return contexts_[index].threshold;
    case 4:
      return debug ? Best(contexts_[index]) : Claim(contexts_[index]);
    default:
      return 0;
  }
}

void Plic::WriteContext(uint64_t offset, uint32_t value) {
  const uint64_t index = offset / kContextStride;
  if (index >= contexts_.size()) return;
  if (offset % kContextStride == 0) {
    contexts_[index].threshold = value & config_.max_priority;
    UpdateAll();
  } else if (offset % kContextStride == 4) {
    Complete(contexts_[index], value);
  }
}

void Plic::WriteEnable(uint64_t offset, uint32_t value) {
  const uint64_t index = offset / kEnableStride;
  const uint64_t word = offset % kEnableStride / 4;
  if (index >= contexts_.size() || word >= pending_.size()) return;
  const uint32_t exists = word == 0 ? ~uint32_t{1} : ~uint32_t{0};
  contexts_[index].enabled[word] = value & exists;
  UpdateAll();
}

MemValue Plic::Read(RegionOffset at, unsigned, MemAttrs attrs) {
  const uint64_t offset = at.value;
  uint32_t value = 0;
  if (offset >= kContextBase) {
    value = ReadContext(offset - kContextBase, attrs.debug);
  } else if (offset >= kEnableBase) {
    const uint64_t index = (offset - kEnableBase) / kEnableStride;
    const uint64_t word = (offset - kEnableBase) % kEnableStride / 4;
    if (index < contexts_.size() && word < pending_.size()) value = contexts_[index].enabled[word];
  } else if (offset >= kPendingBase) {
    if ((offset - kPendingBase) / 4 < pending_.size()) value = pending_[(offset - kPendingBase) / 4];
  } else if (offset / 4 < sources_.size()) {
    value = sources_[offset / 4].priority;
  }
  return {MemStatus::kOk, value};
}

MemStatus Plic::Write(RegionOffset at, unsigned, uint64_t wide, MemAttrs) {
  const uint64_t offset = at.value;
  const uint32_t value = static_cast<uint32_t>(wide);
  if (offset >= kContextBase) {
    WriteContext(offset - kContextBase, value);
  } else if (offset >= kEnableBase) {
    WriteEnable(offset - kEnableBase, value);
  } else if (offset < kPendingBase && offset >= 4 && offset / 4 < sources_.size()) {
    sources_[offset / 4].priority = value & config_.max_priority;
    UpdateAll();
  }
  return MemStatus::kOk;  // pending bits are read-only
}

const char* Plic::RegisterName(RegionOffset at) const {
  if (at.value >= kContextBase) {
    const uint64_t within = at.value % kContextStride;
    return within == 0 ? "threshold" : within == 4 ? "claim/complete" : nullptr;
  }
  if (at.value >= kEnableBase) return "enable";
  return at.value >= kPendingBase ? "pending" : "priority";
}

void Plic::AddFdtNode(FdtBuilder& fdt, uint64_t base, uint32_t phandle, absl::Span<const Wire> wires) const {
  std::vector<uint32_t> cells;
  for (const Wire& wire : wires) cells.insert(cells.end(), {wire.cpu_intc, wire.interrupt});
  fdt.BeginNode("interrupt-controller", base);
  fdt.U32("phandle", phandle);
  fdt.U32("riscv,ndev", static_cast<uint32_t>(sources_.size() - 1));
  fdt.Reg(base, kSize);
  fdt.Cells("interrupts-extended", cells);
  fdt.Empty("interrupt-controller");
  fdt.StringList("compatible", {"sifive,plic-1.0.0", "riscv,plic0"});
  fdt.U32("#address-cells", 0);
  fdt.U32("#interrupt-cells", 1);
  fdt.EndNode();
}

}  // namespace emu::devices
