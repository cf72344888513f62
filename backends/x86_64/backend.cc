#include "backends/x86_64/backend.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "backends/x86_64/encoding/code_buffer.h"
#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/encoding/host_features.h"
#include "backends/x86_64/lowering.h"
#include "backends/x86_64/runtime.h"
#include "translate/engine/chunked_vector.h"

namespace emu::backends::x86_64 {
namespace {

using translate::CodeEntry;
using translate::CompileSink;
using translate::CpuState;
using translate::Exit;
using translate::JumpGuard;

HostFeatures FeaturesOf(const Options& options) {
  HostFeatures features = options.features;
#define EMU_JIT_HOST(field, name, what) features.field = features.field && options.jit.field;
#include "translate/options/switches.def"
  return features;
}

class X86Backend final : public translate::Backend {
 public:
  X86Backend(absl::Span<const translate::RegisterInfo> registers, absl::Span<const translate::HelperInfo> helpers,
             const Options& options, CodeBuffer buffer)
      : buffer_(std::move(buffer)),
        jit_(options.jit),
        features_(FeaturesOf(options)),
        guest_(AssignRegisters(registers, jit_)),
        emitter_(buffer_.rw(), buffer_.rw() + buffer_.size(), buffer_.delta()),
        runtime_(EmitRuntime(emitter_, guest_, jit_.pin_budget)),
        slots_(PlaceSlots()),
        blocks_begin_(emitter_.rw()),
        lowering_(&emitter_, &runtime_, &guest_, helpers, features_, jit_) {
    if (!slots_.empty()) lowering_.set_slots(emitter_.rx_of(reinterpret_cast<const uint8_t*>(slots_.data())));
  }

  absl::string_view name() const override { return "jit"; }

  absl::StatusOr<CodeEntry> Compile(const ir::Block& block, CompileSink& sink) override {
    uint8_t* begin = emitter_.rw();
    buffer_.Advance(begin);
    new_exits_.clear();
    LoweredBlock lowered;
    const bool fits = lowering_.Lower(block, sink, &new_exits_, &lowered);
    if (emitter_.overflow()) {
      emitter_.Seek(begin);
      return absl::ResourceExhaustedError("the code cache is full");
    }
    if (!fits) {
      emitter_.Seek(begin);
      return absl::InternalError(
          absl::StrCat("block at 0x", absl::Hex(block.pc), " has more than ", kSpillSlots, " values alive at once"));
    }
    for (const ExitPatch& exit : new_exits_) {
      if (exits_.size() <= exit.id) exits_.resize(exit.id + 1);
      exits_[exit.id] = exit;
    }
    const BlockHeader header = {0, static_cast<int32_t>(lowered.stale - lowered.entry),
                                static_cast<uint32_t>(emitter_.rx() - lowered.entry) & 0x7fffffff, 0};
    PutHeader(lowered.entry_rw, header);
    return lowered.entry;
  }

  void Refine(ir::Block* block, const translate::CompileSink& sink) override { lowering_.Refine(block, sink); }

  Exit Run(CpuState& state, CodeEntry entry) override {
    using Enter = uint64_t(CpuState*, CodeEntry);
    const uint64_t packed = reinterpret_cast<Enter*>(reinterpret_cast<uintptr_t>(runtime_.enter))(&state, entry);
    return {static_cast<Exit::Kind>(packed >> 32), static_cast<uint32_t>(packed)};
  }

  uint64_t JumpTarget(CodeEntry entry) const override { return reinterpret_cast<uint64_t>(entry); }

  absl::Span<translate::TlbSlot> slots() override { return slots_; }

  void Link(uint32_t exit_id, CodeEntry to, JumpGuard guard) override {
    const ExitPatch& exit = exits_[exit_id];
    if (exit.guard != nullptr) std::memcpy(exit.guard, &guard.mapping_id, 4);
    Point(exit, static_cast<const uint8_t*>(to));
  }

  void Unlink(uint32_t exit_id) override { Point(exits_[exit_id], exits_[exit_id].stub); }

  void Retire(CodeEntry entry) override {
    uint8_t* const rw = Writable(entry);
    BlockHeader header = Header(rw);
    std::memcpy(&header.begins, rw, sizeof header.begins);
    header.retired = 1;
    PutHeader(rw, header);
    uint8_t jump[kEncodeSlack];  // the emitter writes more than it needs
    Emitter e(jump, jump + sizeof jump);
    e.jmp(header.stale - kJumpBytes);
    std::memcpy(rw, jump, kJumpBytes);
  }

  void Revive(CodeEntry entry) override {
    uint8_t* const rw = Writable(entry);
    BlockHeader header = Header(rw);
    std::memcpy(rw, &header.begins, kJumpBytes);
    header.retired = 0;
    PutHeader(rw, header);
  }

  void Reset() override {
    emitter_.Seek(blocks_begin_);
    exits_.clear();
  }

  absl::Span<const uint8_t> HostCode(CodeEntry entry) const override {
    const BlockHeader header = Header(Writable(entry));
    if (header.retired != 0) return {};
    return {static_cast<const uint8_t*>(entry), header.bytes};
  }

  translate::CodeUse code_use() const override {
    return {static_cast<uint64_t>(emitter_.rx() - buffer_.rx()), buffer_.size(), "bytes"};
  }

  std::vector<translate::SharedCode> Shared() const override {
    return NamePieces(runtime_, blocks_begin_ + buffer_.delta());
  }

 private:
  static constexpr int kJumpBytes = 5;  // Emitter::jmp
  uint8_t* Writable(CodeEntry entry) const {
    return const_cast<uint8_t*>(static_cast<const uint8_t*>(entry)) - buffer_.delta();
  }
  static BlockHeader Header(const uint8_t* entry_rw) {
    BlockHeader header;
    std::memcpy(&header, entry_rw - sizeof header, sizeof header);
    return header;
  }
  static void PutHeader(uint8_t* entry_rw, const BlockHeader& header) {
    std::memcpy(entry_rw - sizeof header, &header, sizeof header);
  }
  void Point(const ExitPatch& exit, const uint8_t* target) {
    Emitter::PatchRel32(exit.jump, emitter_.rx_of(exit.jump) + 4, target);
  }

  // Data that code addresses relative to itself, on pages of their own: the host watches those that it runs code of.
  absl::Span<translate::TlbSlot> PlaceSlots() {
    constexpr size_t kMaxSlots = 4096;  // their numbers have 16 bits
    constexpr uintptr_t kHostPage = 4096;
    if (!jit_.tlb_slots) return {};
    const size_t count = std::min(kMaxSlots, buffer_.size() / (64 * sizeof(translate::TlbSlot)));
    const auto aligned = [](uint8_t* p) {
      return reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(p) + kHostPage - 1) & ~(kHostPage - 1));
    };
    uint8_t* const begin = aligned(emitter_.rw());
    uint8_t* const end = aligned(begin + count * sizeof(translate::TlbSlot));
    if (end > buffer_.rw() + buffer_.size() / 2) return {};
    emitter_.Seek(end);
    buffer_.Advance(end);
    return {new (begin) translate::TlbSlot[count], count};
  }

  CodeBuffer buffer_;
  const translate::JitOptions jit_;
  const HostFeatures features_;
  const std::vector<GuestRegister> guest_;
  Emitter emitter_;
  const Runtime runtime_;
  const absl::Span<translate::TlbSlot> slots_;
  uint8_t* const blocks_begin_;
  Lowering lowering_;
  std::vector<ExitPatch> new_exits_;
  translate::ChunkedVector<ExitPatch> exits_;  // by id
};

}  // namespace

absl::StatusOr<std::unique_ptr<translate::Backend>> MakeBackend(absl::Span<const translate::RegisterInfo> registers,
                                                                absl::Span<const translate::HelperInfo> helpers,
                                                                Options options) {
  absl::StatusOr<CodeBuffer> buffer = CodeBuffer::Create(options.code_bytes);
  if (!buffer.ok()) return buffer.status();
  return std::make_unique<X86Backend>(registers, helpers, options, *std::move(buffer));
}

absl::StatusOr<std::unique_ptr<translate::Backend>> MakeBackend(const translate::Target& target, Options options) {
  return MakeBackend(target.registers(), target.helpers(), options);
}

}  // namespace emu::backends::x86_64
