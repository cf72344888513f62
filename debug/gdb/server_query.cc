// Server: what gdb asks of it, and settings.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "debug/gdb/hex.h"
#include "debug/gdb/server.h"

namespace emu::debug::gdb {

Server::Reply Server::Ok(absl::string_view) { return "OK"; }

// "FEATURE;FEATURE;..." of gdb.
Server::Reply Server::Supported(absl::string_view features) {
  for (absl::string_view f : absl::StrSplit(features, absl::ByAnyChar(":;"))) error_messages_ |= f == "error-message+";
  return absl::StrFormat(
      "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;binary-upload+;"
      "error-message+",
      PacketReader::kMaxPayload);
}

// "ANNEX:OFFSET,LENGTH"
Server::Reply Server::Features(absl::string_view part) {
  if (!absl::ConsumePrefix(&part, "target.xml:")) return Error("E00", "the description is target.xml");
  const std::optional<NumberPair> range = TakePair(&part);
  if (!range.has_value()) return Error("E22", "expected OFFSET,LENGTH");
  const std::string text = registers_.Description();
  if (range->first >= text.size()) return "l";
  const uint64_t length = std::min<uint64_t>(range->second, PacketReader::kMaxPayload / 2);
  const bool last = text.size() - range->first <= length;
  return absl::StrCat(last ? "l" : "m", text.substr(range->first, length));
}

Server::Reply Server::StopAcks(absl::string_view) {
  connection_.StopAcks();
  return "OK";
}

Server::Reply Server::ThisThread(absl::string_view) { return "QC01"; }
Server::Reply Server::FirstThreads(absl::string_view) { return "m01"; }
Server::Reply Server::NoMoreThreads(absl::string_view) { return "l"; }

Server::Reply Server::ThreadInfo(absl::string_view id) {
  if (IsAlive(id) != "OK") return IsAlive(id);
  const char* state = machine_.processor().cpu().halted() ? "halted" : "running";
  return TextToHex(absl::StrCat("CPU#0 [", state, ", ", machine_.inspector().mode(), " mode]"));
}

// Any thread and all threads are the one there is.
Server::Reply Server::IsAlive(absl::string_view id) {
  const std::optional<uint64_t> number = TakeNumber(&id);
  const bool known = id == "-1" || (number.has_value() && *number <= 1 && id.empty());
  return known ? "OK" : Error("E22", "the only thread is 1");
}

// For which packets ("g", "c") does not matter.
Server::Reply Server::SetThread(absl::string_view id) { return IsAlive(id.empty() ? id : id.substr(1)); }

Server::Reply Server::IsAttached(absl::string_view) { return "1"; }

Server::Reply Server::Monitor(absl::string_view hex) {
  const std::optional<std::vector<uint8_t>> line = HexToBytes(hex);
  if (!line.has_value()) return Error("E22", "a command is pairs of hexadecimal digits");
  const absl::string_view command(reinterpret_cast<const char*>(line->data()), line->size());
  const std::string text = monitor_ != nullptr ? monitor_(command) : "there is no monitor\n";
  constexpr size_t kPiece = PacketReader::kMaxPayload / 4;
  for (size_t i = 0; i < text.size(); i += kPiece) {
    connection_.Send(absl::StrCat("O", TextToHex(absl::string_view(text).substr(i, kPiece))));
  }
  return "OK";
}

Server::Reply Server::ContinueKinds(absl::string_view) { return "vCont;c;C;s;S;t;r"; }

// QEMU's own packets ("GDB usage" in its manual).
Server::Reply Server::StepBits(absl::string_view) { return "ENABLE=1,NOIRQ=2,NOTIMER=4"; }
Server::Reply Server::StepFlags(absl::string_view) { return absl::StrFormat("0x%x", step_flags_); }

Server::Reply Server::SetStepFlags(absl::string_view flags) {
  absl::ConsumePrefix(&flags, "0x");
  const std::optional<uint64_t> value = TakeNumber(&flags);
  if (!value.has_value() || !flags.empty() || *value > kAllStepFlags || (*value & kStepEnable) == 0) {
    return Error("E22", "expected 1, 3, 5 or 7");
  }
  step_flags_ = static_cast<unsigned>(*value);
  return "OK";
}

Server::Reply Server::MemoryMode(absl::string_view) { return memory_.physical() ? "1" : "0"; }

Server::Reply Server::SetMemoryMode(absl::string_view mode) {
  const std::optional<uint64_t> value = TakeNumber(&mode);
  if (!value.has_value() || !mode.empty()) return Error("E22", "expected 0 or 1");
  memory_.set_physical(*value != 0);
  return "OK";
}

}  // namespace emu::debug::gdb
