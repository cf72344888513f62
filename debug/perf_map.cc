#include "debug/perf_map.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {

std::string PerfMap::PathFor(int pid) { return absl::StrCat("/tmp/perf-", pid, ".map"); }

absl::StatusOr<std::unique_ptr<PerfMap>> PerfMap::Create(const std::string& path, translate::Engine& engine,
                                                         AddressNames names) {
  FILE* const file = fopen(path.c_str(), "we");
  if (file == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("-perfmap: cannot create \"", path, "\": ", strerror(errno)));
  }
  return std::unique_ptr<PerfMap>(new PerfMap(file, engine, std::move(names)));
}

PerfMap::PerfMap(FILE* file, translate::Engine& engine, AddressNames names)
    : file_(file), engine_(engine), names_(std::move(names)) {
  Begin();
  engine_.AddObserver(this);
}

PerfMap::~PerfMap() {
  engine_.RemoveObserver(this);
  fclose(file_);
}

void PerfMap::Begin() {
  discards_ = engine_.counters().discards;
  rewind(file_);
  if (ftruncate(fileno(file_), 0) != 0) return;  // names of code that is gone stay then
  for (const translate::SharedCode& piece : engine_.backend().Shared()) {
    Line(piece.code, absl::StrCat("emu ", piece.name));
  }
}

void PerfMap::OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                         absl::Span<const translate::CodeMark>) {
  if (host_code.empty()) return;
  if (engine_.counters().discards != discards_) Begin();
  const std::string name = names_ ? names_(block.pc) : "";
  Line(host_code, absl::StrCat("guest 0x", absl::Hex(block.pc), name.empty() ? "" : " ", name));
}

void PerfMap::Line(absl::Span<const uint8_t> code, absl::string_view name) {
  absl::FPrintF(file_, "%x %x %s\n", reinterpret_cast<uint64_t>(code.data()), code.size(), name);
}

}  // namespace emu::debug
