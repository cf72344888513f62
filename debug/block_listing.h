// Listings of one translated block: guest code, host code, and both side by side.
#ifndef EMU_DEBUG_BLOCK_LISTING_H_
#define EMU_DEBUG_BLOCK_LISTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "debug/address_names.h"
#include "debug/code_listing.h"
#include "debug/disassembler.h"
#include "translate/engine/backend.h"
#include "translate/ir/ir.h"

namespace emu::debug {

class BlockListing {
 public:
  // The guest's disassembler and the host's are made when they are first wanted: that takes longer than to start
  // everything else. The target outlives the listing.
  BlockListing(const translate::Target& target, AddressNames names) : target_(target), names_(std::move(names)) {}

  // `code` may go on behind the block.
  std::string Guest(const ir::Block& block, absl::Span<const translate::GuestCode> code);
  std::string Host(const ir::Block& block, absl::Span<const uint8_t> code, absl::Span<const translate::CodeMark> marks,
                   absl::Span<const translate::SharedCode> shared);
  // Each guest instruction beside what was made of it, and what is seldom run of that behind.
  std::string SideBySide(const ir::Block& block, absl::Span<const translate::GuestCode> guest,
                         absl::Span<const uint8_t> host, absl::Span<const translate::CodeMark> marks,
                         absl::Span<const translate::SharedCode> shared);

 private:
  std::vector<DecodedInsn> DecodeGuest(const ir::Block& block, absl::Span<const translate::GuestCode> code);
  Disassembler& HostDisassembler();

  const translate::Target& target_;
  const AddressNames names_;
  std::unique_ptr<Disassembler> guest_, host_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_BLOCK_LISTING_H_
