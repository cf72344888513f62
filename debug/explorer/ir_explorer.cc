#include "debug/explorer/ir_explorer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "backends/x86_64/backend.h"
#include "debug/disassembler.h"
#include "translate/engine/backend.h"
#include "translate/ir/builder.h"

namespace emu::debug {
namespace {

using translate::Backend;

constexpr uint32_t kMaxBlockInsns = 64;         // as the engine has it
constexpr size_t kCodeBytes = size_t{1} << 20;  // for one block at a time
constexpr uint64_t kPageBytes = 4096;

// Numbers that nobody asks about.
class Sink final : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t) override { return exits_++; }
  uint32_t AddSite(uint64_t, uint32_t) override { return ++sites_; }
  std::vector<translate::CodeMark>* marks() override { return &marks_; }

 private:
  uint32_t exits_ = 0, sites_ = 0;
  std::vector<translate::CodeMark> marks_;
};

class Explorer {
 public:
  Explorer(const IrGuest& guest, const ExploreOptions& options, std::unique_ptr<Backend> backend)
      : guest_(guest),
        options_(options),
        backend_(std::move(backend)),
        guest_text_(Disassembler::Make(guest.mc())),
        host_text_(Disassembler::Make("x86_64")) {}

  absl::StatusOr<Exploration> Run(absl::Span<const uint8_t> code) {
    // Whoever reads an instruction may read as many bytes as the longest has.
    std::vector<uint8_t> padded(code.begin(), code.end());
    padded.resize(code.size() + guest_.target().max_insn_bytes());
    Exploration all;
    size_t at = 0;
    while (at < code.size()) {
      ExploredBlock block;
      const absl::Span<const uint8_t> rest(padded.data() + at, code.size() - at);
      block.lifted = Lift(rest, options_.pc + at);
      if (block.lifted.insn_count == 0) break;
      const size_t size = AddGuest(rest, &block);
      if (size > rest.size()) break;
      if (options_.optimize) AddPasses(&block);
      if (absl::Status status = AddHost(&block); !status.ok()) return status;
      all.blocks.push_back(std::move(block));
      at += size;
    }
    all.end = options_.pc + at;
    return all;
  }

 private:
  // A block ends with its page, as it does in a machine; an instruction that reaches into the next one begins a block.
  ir::Block Lift(absl::Span<const uint8_t> code, uint64_t pc) const {
    const uint64_t left = kPageBytes - pc % kPageBytes;
    ir::Block block{.pc = pc, .insn_count = 0, .label_count = 0, .code = {}};
    ir::Builder builder(&block);
    const translate::LiftRequest request{pc,
                                         options_.key,
                                         kMaxBlockInsns,
                                         code.data(),
                                         static_cast<uint32_t>(std::min<uint64_t>(code.size(), left)),
                                         [&](uint64_t) { return code.size() > left ? code.data() + left : nullptr; }};
    guest_.target().Lift(request, builder);
    builder.Finish();
    return block;
  }

  // How many bytes of code the block covers: more than there are if its last instruction is not whole.
  size_t AddGuest(absl::Span<const uint8_t> code, ExploredBlock* block) const {
    const std::vector<translate::GuestCode> padded = {
        {block->lifted.pc, {code.begin(), code.end() + guest_.target().max_insn_bytes()}}};
    size_t size = 0;
    for (const DecodedInsn& d : ListGuestCode(*guest_text_, guest_.target(), block->lifted, padded)) {
      block->guest.push_back({d.pc, {d.bytes.begin(), d.bytes.end()}, d.text});
      size += d.bytes.size();
    }
    return size;
  }

  static void AddPasses(ExploredBlock* block) {
    ir::OptimizeOptions options{false, false, false, false};
    for (const ir::PassInfo& pass : ir::kPasses) {
      options.*pass.on = true;
      block->passes.push_back({&pass, block->lifted});
      ir::Optimize(&block->passes.back().block, options);
    }
  }

  absl::Status AddHost(ExploredBlock* block) {
    backend_->Reset();
    Sink sink;
    const absl::StatusOr<translate::CodeEntry> entry = backend_->Compile(block->last(), sink);
    if (!entry.ok()) return entry.status();
    const absl::Span<const uint8_t> code = backend_->HostCode(*entry);
    block->host = ListHostCode(*host_text_, block->last(), code, *sink.marks(), backend_->Shared(), 0);
    block->host_code.assign(code.begin(), code.end());
    for (HostLine& line : block->host) line.bytes = {block->host_code.data() + line.pc, line.bytes.size()};
    return absl::OkStatus();
  }

  const IrGuest& guest_;
  const ExploreOptions& options_;
  const std::unique_ptr<Backend> backend_;
  const std::unique_ptr<Disassembler> guest_text_, host_text_;
};

}  // namespace

absl::StatusOr<Exploration> Explore(const IrGuest& guest, absl::Span<const uint8_t> code,
                                    const ExploreOptions& options) {
  if (code.empty()) return absl::InvalidArgumentError("there is no code");
  if (code.size() > kMaxExploredBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(code.size(), " bytes of code are too many; expected up to ", kMaxExploredBytes));
  }
  auto backend = backends::x86_64::MakeBackend(guest.target(), {kCodeBytes, options.features});
  if (!backend.ok()) return backend.status();
  absl::StatusOr<Exploration> all = Explorer(guest, options, *std::move(backend)).Run(code);
  if (all.ok() && all->blocks.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the ", code.size(), " bytes of code are no whole instruction"));
  }
  return all;
}

IrNames::IrNames(const translate::Target& target) {
  for (const translate::RegisterInfo& r : target.registers()) registers.push_back(r.name);
  for (const translate::HelperInfo& h : target.helpers()) helpers.push_back(h.name);
}

}  // namespace emu::debug
