#include "targets/riscv/isa/decode.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <numeric>
#include <vector>

namespace emu::riscv {
namespace {

namespace table {
#define EMU_RISCV_EXTENSION(Enumerator, name) constexpr uint64_t Enumerator = Bit(Extension::k##Enumerator);
#include "targets/riscv/isa/extensions.def"
#undef EMU_RISCV_EXTENSION

constexpr DecodeLine kLines[] = {
#define EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method) \
  LineParser::Parse(mnemonic, bits, immediate, "", extensions, xlen, 4),
#include "targets/riscv/isa/isa32.def"
#undef EMU_RISCV_INSN
#define EMU_RISCV_INSN16(Id, mnemonic, bits, immediate, rules, extensions, xlen, Method) \
  LineParser::Parse(mnemonic, bits, immediate, rules, extensions, xlen, 2),
#include "targets/riscv/isa/isa16.def"
#undef EMU_RISCV_INSN16
};
}  // namespace table

bool ExistsIn(const DecodeLine& line, uint8_t xlen) { return line.xlen == 0 || line.xlen == xlen; }

// What tells the lines of one length apart: some bits of the word name a bucket. Small enough to stay in the host's
// caches, while other code runs for long between two instructions.
struct Full {  // major opcode, funct3, and the five highest
  static constexpr unsigned kLength = 4, kBuckets = 1u << 13;
  static constexpr uint32_t kBucketBits = 0xf800707c;
  static constexpr unsigned BucketOf(uint32_t bits) {
    return (bits >> 2 & 31) | (bits >> 12 & 7) << 5 | bits >> 27 << 8;
  }
};
struct Compressed {  // quadrant, funct6, and the two that are funct2 in most formats
  static constexpr unsigned kLength = 2, kBuckets = 1u << 10;
  static constexpr uint32_t kBucketBits = 0xfc63;
  static constexpr unsigned BucketOf(uint32_t bits) {
    return (bits & 3) | (bits >> 5 & 3) << 2 | (bits >> 10 & 63) << 4;
  }
};

// Finds lines for one register width: each bucket has a few, most fixed bits first.
template <typename Word>
class Lookup {
 public:
  explicit Lookup(uint8_t xlen);
  absl::Span<const uint16_t> Bucket(uint32_t bits) const {
    const unsigned b = Word::BucketOf(bits);
    return absl::MakeConstSpan(lines_).subspan(first_[b], first_[b + 1] - first_[b]);
  }

 private:
  // The buckets of the words that the line may stand for.
  template <typename Fn>
  static void ForEachBucket(const DecodeLine& line, Fn fn) {
    const uint32_t open = Word::kBucketBits & ~line.mask;
    for (uint32_t bits = open;; bits = (bits - 1) & open) {
      fn(Word::BucketOf((line.match & line.mask) | bits));
      if (bits == 0) return;
    }
  }

  std::vector<uint16_t> first_ = std::vector<uint16_t>(Word::kBuckets + 1);
  std::vector<uint16_t> lines_;
};

template <typename Word>
Lookup<Word>::Lookup(uint8_t xlen) {
  std::vector<uint16_t> order;
  for (unsigned i = 0; i < kInsnCount; ++i) {
    const DecodeLine& line = table::kLines[i];
    if (line.length == Word::kLength && ExistsIn(line, xlen)) order.push_back(static_cast<uint16_t>(i));
  }
  std::stable_sort(order.begin(), order.end(), [](uint16_t a, uint16_t b) {
    return std::popcount(table::kLines[a].mask) > std::popcount(table::kLines[b].mask);
  });
  for (uint16_t i : order) ForEachBucket(table::kLines[i], [this](unsigned b) { ++first_[b + 1]; });
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  lines_.resize(first_.back());
  std::vector<uint16_t> next = first_;
  for (uint16_t i : order) ForEachBucket(table::kLines[i], [&](unsigned b) { lines_[next[b]++] = i; });
}

// Made when it is first asked for: most runs need only one width.
template <typename Word, uint8_t xlen>
const Lookup<Word>& TheLookup() {
  static const Lookup<Word>* const kLookup = new Lookup<Word>(xlen);
  return *kLookup;
}

template <typename Word>
Insn Find(uint32_t bits, const IsaConfig& isa) {
  const Lookup<Word>& lookup = isa.xlen == 32 ? TheLookup<Word, 32>() : TheLookup<Word, 64>();
  for (uint16_t i : lookup.Bucket(bits)) {
    const DecodeLine& line = table::kLines[i];
    if (line.Matches(bits) && isa.HasAll(line.extensions)) return static_cast<Insn>(i);
  }
  return Insn::kNone;
}

}  // namespace

const DecodeLine& LineOf(Insn insn) { return table::kLines[static_cast<unsigned>(insn)]; }
absl::Span<const DecodeLine> DecodeLines() { return table::kLines; }

bool Decode(uint32_t bits, const IsaConfig& isa, Decoded* out) {
  const unsigned length = InsnLength(bits);
  if (length == 2) bits &= 0xffff;
  *out = Decoded{};
  out->bits = bits;
  out->length = static_cast<uint8_t>(length);
  const Insn id = length == 2 ? Find<Compressed>(bits, isa) : Find<Full>(bits, isa);
  if (id == Insn::kNone) return false;
  const DecodeLine& line = LineOf(id);
  out->rm = line.has_rm ? bits >> 12 & 7 : 0;
  if (out->rm == 5 || out->rm == 6) return false;  // reserved: "Floating-Point Control and Status Register"
  out->id = id;
  out->rd = line.rd.Extract(bits);
  out->rs1 = line.rs1.Extract(bits);
  out->rs2 = line.rs2.Extract(bits);
  out->rs3 = line.rs3.Extract(bits);
  out->aq = line.has_aqrl && (bits >> 26 & 1) != 0;
  out->rl = line.has_aqrl && (bits >> 25 & 1) != 0;
  out->imm = line.Immediate(bits);
  return true;
}

}  // namespace emu::riscv
