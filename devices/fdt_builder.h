// Writes a flattened device tree from the root inwards. A thin wrapper of libfdt's sequential writer: it grows the
// buffer as needed and keeps the first error for Finish(), so that devices and boards write plain lists of properties.
#ifndef EMU_DEVICES_FDT_BUILDER_H_
#define EMU_DEVICES_FDT_BUILDER_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::devices {

// Where the board has put a device. Addresses and sizes are written as two cells each.
struct FdtPlace {
  uint64_t base = 0;
  uint64_t size = 0;
  uint32_t interrupt_parent = 0;  // phandle; 0: the device has no interrupt
  uint32_t interrupt = 0;
};

class FdtBuilder {
 public:
  FdtBuilder();

  // The root is BeginNode(""). Properties come before child nodes.
  void BeginNode(absl::string_view name);
  void BeginNode(absl::string_view name, uint64_t unit_address);
  void EndNode();

  void Empty(absl::string_view name) { Bytes(name, {}); }
  void U32(absl::string_view name, uint32_t value) { Cells(name, {value}); }
  void U64(absl::string_view name, uint64_t value);
  void String(absl::string_view name, absl::string_view value);
  void StringList(absl::string_view name, std::initializer_list<absl::string_view> values);
  void Cells(absl::string_view name, absl::Span<const uint32_t> cells);
  void Cells(absl::string_view name, std::initializer_list<uint32_t> cells) {
    Cells(name, absl::MakeConstSpan(cells.begin(), cells.size()));
  }
  void Bytes(absl::string_view name, absl::Span<const uint8_t> bytes);
  // reg = <base size>, two cells each.
  void Reg(uint64_t base, uint64_t size);
  // interrupts and interrupt-parent, if the place has any.
  void Interrupt(const FdtPlace& place);

  // A number that no node has yet; the node that is to have it says U32("phandle", ...).
  uint32_t NewPhandle() { return next_phandle_++; }

  // The finished blob; an error names the first call that failed.
  absl::StatusOr<std::vector<uint8_t>> Finish();

 private:
  // Calls `step` until the buffer is large enough for it.
  template <typename Step>
  void Do(absl::string_view what, Step step);

  std::vector<uint8_t> buffer_;
  absl::Status status_;
  int depth_ = 0;
  uint32_t next_phandle_ = 1;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_FDT_BUILDER_H_
