#include "debug/explorer/ir_diff.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

using ir::Block;
using ir::Instr;

// Of the table for what differs; no block of guest code comes near it.
constexpr size_t kMaxCells = size_t{1} << 24;

// Two instructions of one shape differ at most in the values that they take.
bool SameShape(const Instr& a, const Instr& b) {
  if (a.op != b.op || a.type != b.type || a.aux != b.aux || a.extra != b.extra || a.imm != b.imm) return false;
  for (int n = 0; n < 3; ++n) {
    if ((a.args[n] == ir::kNoValue) != (b.args[n] == ir::kNoValue)) return false;
  }
  return true;
}

// Pairs (index before, index after), both rising: the longest common subsequence by shape.
std::vector<std::pair<size_t, size_t>> Align(const std::vector<Instr>& before, const std::vector<Instr>& after) {
  std::vector<std::pair<size_t, size_t>> pairs;
  size_t start = 0;
  while (start < before.size() && start < after.size() && SameShape(before[start], after[start])) {
    pairs.emplace_back(start, start);
    ++start;
  }
  const size_t rows = before.size() - start + 1, columns = after.size() - start + 1;
  if (rows * columns > kMaxCells) return pairs;
  // length[i][j]: of the rests from i and j on.
  std::vector<uint16_t> length(rows * columns);
  for (size_t i = rows - 1; i-- > 0;) {
    for (size_t j = columns - 1; j-- > 0;) {
      uint16_t& here = length[i * columns + j];
      here = std::max(length[(i + 1) * columns + j], length[i * columns + j + 1]);
      if (!SameShape(before[start + i], after[start + j])) continue;
      here = std::max<uint16_t>(here, static_cast<uint16_t>(length[(i + 1) * columns + j + 1] + 1));
    }
  }
  for (size_t i = 0, j = 0; i + 1 < rows && j + 1 < columns;) {
    const uint16_t here = length[i * columns + j];
    if (SameShape(before[start + i], after[start + j]) && here == length[(i + 1) * columns + j + 1] + 1) {
      pairs.emplace_back(start + i++, start + j++);
    } else if (here == length[(i + 1) * columns + j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return pairs;
}

// The first of these instructions that does the same as `wanted`, perhaps with another constant; `end` if none does.
size_t FindKind(const std::vector<Instr>& code, size_t begin, size_t end, const Instr& wanted) {
  for (size_t i = begin; i < end; ++i) {
    if (code[i].op == wanted.op && code[i].type == wanted.type && wanted.op != ir::Op::kConst) return i;
  }
  return end;
}

// "%5" by the name of value 5, wherever it stands in the text.
std::string Renamed(const std::string& text, const std::vector<uint32_t>& names) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    size_t number = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) number = number * 10 + (text[at] - '0');
    absl::StrAppend(&out, "%", number < names.size() ? names[number] : number);
  }
  return out;
}

}  // namespace

NamedBlock NameValues(const Block& block) {
  NamedBlock named{block, {}, static_cast<uint32_t>(block.code.size())};
  for (uint32_t i = 0; i < named.next_name; ++i) named.names.push_back(i);
  return named;
}

NamedBlock FollowNames(const NamedBlock& before, const Block& after) {
  constexpr uint32_t kNone = ~uint32_t{0};
  NamedBlock named{after, std::vector<uint32_t>(after.code.size(), kNone), before.next_name};
  size_t from = 0, to = 0;
  const auto follow_until = [&](size_t from_end, size_t to_end) {
    for (; to < to_end; ++to) {
      const size_t same = FindKind(before.block.code, from, from_end, after.code[to]);
      if (same == from_end) continue;
      named.names[to] = before.names[same];
      from = same + 1;
    }
    from = from_end;
  };
  for (const auto& [same_from, same_to] : Align(before.block.code, after.code)) {
    follow_until(same_from, same_to);
    named.names[same_to] = before.names[same_from];
    from = same_from + 1, to = same_to + 1;
  }
  follow_until(before.block.code.size(), after.code.size());
  for (uint32_t& name : named.names) {
    if (name == kNone) name = named.next_name++;
  }
  return named;
}

namespace {

// Where the values of `after` stand in `before`; its size for new ones. Names are given once.
std::vector<size_t> Origins(const NamedBlock& before, const NamedBlock& after) {
  absl::flat_hash_map<uint32_t, size_t> by_name;
  for (size_t i = 0; i < before.names.size(); ++i) by_name[before.names[i]] = i;
  std::vector<size_t> origins;
  for (const uint32_t name : after.names) {
    const auto found = by_name.find(name);
    origins.push_back(found == by_name.end() ? before.names.size() : found->second);
  }
  return origins;
}

}  // namespace

// Origins rise, so both blocks are walked once. What has gone comes before what is new in its place.
std::vector<IrDiffLine> Diff(const NamedBlock& before, const NamedBlock& after, const ir::Names& names) {
  const std::vector<size_t> origins = Origins(before, after);
  const size_t end = before.names.size();
  std::vector<IrDiffLine> lines;
  size_t old = 0;
  const auto drop_until = [&](size_t to) {
    for (; old < to; ++old) lines.push_back({IrDiffLine::Kind::kGone, PrintNamed(before, old, names)});
  };
  for (size_t i = 0; i < origins.size(); ++i) {
    const auto next = std::find_if(origins.begin() + static_cast<std::ptrdiff_t>(i), origins.end(),
                                   [&](size_t origin) { return origin != end; });
    drop_until(next == origins.end() ? end : *next);
    IrDiffLine line{IrDiffLine::Kind::kNew, PrintNamed(after, i, names)};
    if (origins[i] != end) {
      line.kind = PrintNamed(before, old++, names) == line.text ? IrDiffLine::Kind::kSame : IrDiffLine::Kind::kChanged;
    }
    lines.push_back(std::move(line));
  }
  drop_until(end);
  return lines;
}

std::string PrintNamed(const NamedBlock& block, size_t index, const ir::Names& names) {
  return Renamed(ir::PrintInstr(block.block, index, names), block.names);
}

}  // namespace emu::debug
