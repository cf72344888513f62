// gdb's end of a line, for tests.
#ifndef EMU_DEBUG_GDB_TEST_LINE_H_
#define EMU_DEBUG_GDB_TEST_LINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace emu::debug::gdb {

// What gdb reads in a packet: runs first, then escapes. What is wrong with the packet, if something is.
std::string DecodePacket(absl::string_view packet);
// A packet as it is, without escapes and runs.
std::string EncodeRaw(absl::string_view payload);
// Takes the first packet off `stream`, acknowledgements before it too; false: there is none in full.
bool TakePacket(std::string* stream, std::string* payload);

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_TEST_LINE_H_
