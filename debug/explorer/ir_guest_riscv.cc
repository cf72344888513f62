#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "debug/explorer/ir_guest.h"
#include "targets/riscv/isa/isa_config.h"
#include "targets/riscv/state.h"
#include "targets/riscv/target.h"

namespace emu::debug {
namespace {

using riscv::Extension;

constexpr uint32_t kKeyCbo = riscv::kKeyCboZero | riscv::kKeyCboClean | riscv::kKeyCboInval;
constexpr uint32_t kUsualKey = uint32_t{riscv::kSupervisor} | riscv::kKeyFpOn | kKeyCbo;

// A word replaces the bits of `mask`.
struct KeyWord {
  absl::string_view word;
  uint32_t mask, bits;
};
constexpr KeyWord kKeyWords[] = {
    {"u", riscv::kKeyPrivilege, riscv::kUser},
    {"s", riscv::kKeyPrivilege, riscv::kSupervisor},
    {"m", riscv::kKeyPrivilege, riscv::kMachine},
    {"fp", riscv::kKeyFpOn, riscv::kKeyFpOn},
    {"nofp", riscv::kKeyFpOn, 0},
    {"rmm", riscv::kKeyFrmMaxMag | riscv::kKeyFrmReserved, riscv::kKeyFrmMaxMag},
    {"frm-reserved", riscv::kKeyFrmMaxMag | riscv::kKeyFrmReserved, riscv::kKeyFrmReserved},
    {"cbo", kKeyCbo, kKeyCbo},
    {"nocbo", kKeyCbo, 0},
};

const KeyWord* FindKeyWord(absl::string_view word) {
  for (const KeyWord& k : kKeyWords) {
    if (k.word == word) return &k;
  }
  return nullptr;
}

class RiscvIrGuest final : public IrGuest {
 public:
  explicit RiscvIrGuest(const riscv::IsaConfig& isa) : isa_(isa), target_(isa) {}

  const translate::Target& target() const override { return target_; }

  McTarget mc() const override {
    std::string features;
    for (unsigned i = 0; i < static_cast<unsigned>(Extension::kCount); ++i) {
      const auto e = static_cast<Extension>(i);
      // LLVM has no names for the privilege modes, and I is always there.
      if (e == Extension::kI || e == Extension::kS || e == Extension::kU || !isa_.Has(e)) continue;
      absl::StrAppend(&features, features.empty() ? "+" : ",+", riscv::ExtensionName(e));
    }
    return {std::string(target_.name()), features};
  }

  absl::StatusOr<uint32_t> ParseKey(absl::string_view words) const override {
    uint32_t key = kUsualKey;
    if (words.empty()) return key;
    const std::vector<absl::string_view> parts = absl::StrSplit(words, ',');
    for (absl::string_view word : parts) {
      const KeyWord* found = FindKeyWord(word);
      if (found == nullptr) {
        return absl::InvalidArgumentError(
            absl::StrCat("unknown word \"", word, "\"; known are ", kRiscvKeyWords, ", with commas between them"));
      }
      key = (key & ~found->mask) | found->bits;
    }
    return key;
  }

  bool Runs(const loaders::ElfFile& file) const override {
    return file.machine() == loaders::kElfMachineRiscv && file.bits() == isa_.xlen && !file.big_endian();
  }

 private:
  const riscv::IsaConfig isa_;
  const riscv::RiscvTarget target_;
};

absl::StatusOr<std::unique_ptr<IrGuest>> Make(absl::string_view text, unsigned xlen) {
  const absl::StatusOr<riscv::IsaConfig> isa = riscv::ParseIsa(text);
  if (!isa.ok()) return isa.status();
  if (isa->xlen != xlen) {
    return absl::InvalidArgumentError(
        absl::StrCat("ISA \"", text, "\" is not of riscv", xlen, "; expected rv", xlen, "..."));
  }
  return std::make_unique<RiscvIrGuest>(*isa);
}

}  // namespace

absl::StatusOr<std::unique_ptr<IrGuest>> MakeRiscv64IrGuest(absl::string_view isa) { return Make(isa, 64); }
absl::StatusOr<std::unique_ptr<IrGuest>> MakeRiscv32IrGuest(absl::string_view isa) { return Make(isa, 32); }

}  // namespace emu::debug
