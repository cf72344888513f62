// What a trace shows, and where it goes: the language of `-trace`.
//
//   mem[,kind=rwx][,gva=A..B][,gpa=A..B][,hva][,region=RE2][,symbol=RE2][,pc=A..B][,cpu=N][,walks=on][,dma=on]
//      [,file=F][,format=text|json|binary]
#ifndef EMU_DEBUG_TRACE_TRACE_SPEC_H_
#define EMU_DEBUG_TRACE_TRACE_SPEC_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/address_set.h"
#include "re2/re2.h"

namespace emu::debug {

// Which accesses. What is not given lets all through.
struct TraceFilter {
  bool reads = true, writes = true, fetches = false;  // by CPUs; an atomic access is a read and a write
  bool walks = false;                                 // of page tables by the MMU
  bool dma = false;                                   // by devices, and by firmware that is the emulator's own
  std::optional<AddressSet> gva, gpa, pc;
  std::optional<unsigned> cpu;
  std::shared_ptr<const RE2> region;  // found anywhere in the region's name
  std::shared_ptr<const RE2> symbol;  // found anywhere in the name of the symbol that holds the pc
};

struct TraceSpec {
  enum class Format { kText, kJson, kBinary };
  TraceFilter filter;
  bool show_hva = false;
  std::string file;  // empty: standard error
  Format format = Format::kText;
};

// Addresses may be names in `symbols`. Errors quote the part that is wrong and say what would be accepted.
absl::StatusOr<TraceSpec> ParseTraceSpec(absl::string_view text, const SymbolTable& symbols);

// One "key=value" of those that filter, for other command lines. Several of one kind of address are added up.
absl::Status SetFilterKey(absl::string_view key, absl::string_view value, const SymbolTable& symbols,
                          TraceFilter* filter);
// "A", "A..B" (both included) or "A+SIZE"; hexadecimal with 0x, decimal, or for A the name of a symbol, which alone
// stands for all its bytes.
absl::StatusOr<AddressRange> ParseAddressRange(absl::string_view text, const SymbolTable& symbols);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TRACE_SPEC_H_
