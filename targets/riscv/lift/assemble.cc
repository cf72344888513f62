#include "targets/riscv/lift/assemble.h"

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "debug/assembler.h"
#include "debug/mc_target.h"

namespace emu::riscv {
namespace {

constexpr absl::string_view kFeatures = "+m,+a,+f,+d,+zba,+zbb,+zbs,+zicbom,+zicboz,+zicbop,+zihintpause,+svinval";

const debug::McTables& TablesFor(unsigned xlen, bool compressed) {
  static auto& made = *new std::map<std::pair<unsigned, bool>, std::unique_ptr<debug::McTables>>;
  std::unique_ptr<debug::McTables>& tables = made[{xlen, compressed}];
  if (tables == nullptr) {
    tables = *debug::McTables::Make({absl::StrCat("riscv", xlen), absl::StrCat(kFeatures, compressed ? ",+c" : "")});
  }
  return *tables;
}

}  // namespace

absl::StatusOr<Assembled> Assemble(absl::string_view text, unsigned xlen) {
  Assembled out;
  for (absl::string_view statement : absl::StrSplit(text, ';')) {
    statement = absl::StripAsciiWhitespace(statement);
    const auto code = debug::Assemble(statement, TablesFor(xlen, absl::StartsWith(statement, "c.")));
    if (!code.ok()) return code.status();
    for (size_t at = 0; at < code->size(); at += ((*code)[at] & 3) == 3 ? 4 : 2) ++out.insn_count;
    out.bytes.insert(out.bytes.end(), code->begin(), code->end());
  }
  return out;
}

}  // namespace emu::riscv
