// Names generated code for Linux's perf: a file /tmp/perf-PID.map with a line for each translated block, which `perf
// report` reads (tools/perf/Documentation/jit-interface.txt of Linux).
#ifndef EMU_DEBUG_PERF_MAP_H_
#define EMU_DEBUG_PERF_MAP_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/address_names.h"
#include "translate/engine/engine.h"

namespace emu::debug {

// Blocks are called "guest 0x80000000" or, where `names` knows one, "guest 0x80000000 main+0x12"; what they share
// "emu exit_jump" and the like. When the code cache was full and everything is translated anew, the file begins anew.
class PerfMap final : private translate::EngineObserver {
 public:
  // Where perf looks for it.
  static std::string PathFor(int pid);
  // The engine outlives the map.
  static absl::StatusOr<std::unique_ptr<PerfMap>> Create(const std::string& path, translate::Engine& engine,
                                                         AddressNames names);
  ~PerfMap() override;

 private:
  PerfMap(FILE* file, translate::Engine& engine, AddressNames names);
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                  absl::Span<const translate::CodeMark> marks) override;
  void Begin();
  void Line(absl::Span<const uint8_t> code, absl::string_view name);

  FILE* const file_;
  translate::Engine& engine_;
  const AddressNames names_;
  uint64_t discards_ = 0;  // that the file knows of
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_PERF_MAP_H_
