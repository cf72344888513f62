// Server: registers, memory, breakpoints and watchpoints.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "debug/gdb/hex.h"
#include "debug/gdb/server.h"

namespace emu::debug::gdb {
namespace {

constexpr absl::string_view kInvalid = "E22", kFault = "E14";  // EINVAL and EFAULT, as QEMU spells them

absl::Span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// "ADDRESS,LENGTH:", off the beginning.
std::optional<NumberPair> TakePlace(absl::string_view* text) {
  const std::optional<NumberPair> place = TakePair(text);
  return absl::ConsumePrefix(text, ":") ? place : std::nullopt;
}

}  // namespace

// A debugger that moves a CPU that waits for an interrupt wants it to run. Reasons are given in words, which gdb shows.
Server::Reply Server::Written(uint64_t pc_before, const absl::Status& status) {
  translate::Cpu& cpu = machine_.processor().cpu();
  if (cpu.state().pc != pc_before) cpu.Wake();
  return status.ok() ? "OK" : absl::StrCat("E.", status.message());
}

Server::Reply Server::ReadRegisters(absl::string_view) { return registers_.ReadAll(); }

Server::Reply Server::WriteRegisters(absl::string_view hex) {
  const std::optional<std::vector<uint8_t>> bytes = HexToBytes(hex);
  if (!bytes.has_value()) return Error(kInvalid, "bytes are pairs of hexadecimal digits");
  const uint64_t pc = machine_.processor().cpu().state().pc;
  return Written(pc, registers_.WriteAll(*bytes));
}

Server::Reply Server::ReadRegister(absl::string_view number) {
  const std::optional<uint64_t> n = TakeNumber(&number);
  const std::string hex = n.has_value() && number.empty() ? registers_.Read(*n) : "";
  return hex.empty() ? Error(kInvalid, "there is no such register") : hex;
}

Server::Reply Server::WriteRegister(absl::string_view assignment) {
  const std::optional<uint64_t> number = TakeNumber(&assignment);
  const bool assigned = absl::ConsumePrefix(&assignment, "=");
  const std::optional<std::vector<uint8_t>> bytes = HexToBytes(assignment);
  if (!number.has_value() || !assigned || !bytes.has_value()) return Error(kInvalid, "expected NUMBER=BYTES");
  const uint64_t pc = machine_.processor().cpu().state().pc;
  return Written(pc, registers_.Write(*number, *bytes));
}

// As many bytes as there are, and as fit into a packet.
std::optional<std::string> Server::BytesAt(absl::string_view where) {
  const std::optional<NumberPair> place = TakePair(&where);
  if (!place.has_value() || !where.empty()) return std::nullopt;
  std::string bytes(std::min<uint64_t>(place->second, PacketReader::kMaxPayload / 2 - 1), '\0');
  bytes.resize(memory_.Read(place->first, absl::MakeSpan(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size())));
  if (bytes.empty() && place->second != 0) return std::nullopt;
  return bytes;
}

Server::Reply Server::ReadMemory(absl::string_view where) {
  const std::optional<std::string> bytes = BytesAt(where);
  return bytes.has_value() ? TextToHex(*bytes) : Error(kFault, "no memory there");
}

Server::Reply Server::ReadMemoryBinary(absl::string_view where) {
  const std::optional<std::string> bytes = BytesAt(where);
  return bytes.has_value() ? absl::StrCat("b", *bytes) : Error(kFault, "no memory there");
}

Server::Reply Server::Store(uint64_t address, absl::Span<const uint8_t> bytes) {
  return memory_.Write(address, bytes) == bytes.size() ? "OK" : Error(kFault, "no memory there");
}

Server::Reply Server::WriteMemory(absl::string_view where) {
  const std::optional<NumberPair> place = TakePlace(&where);
  const std::optional<std::vector<uint8_t>> bytes = HexToBytes(where);
  if (place.has_value() && bytes.has_value() && bytes->size() == place->second) return Store(place->first, *bytes);
  return Error(kInvalid, "expected ADDRESS,LENGTH:BYTES");
}

Server::Reply Server::WriteMemoryBinary(absl::string_view where) {
  const std::optional<NumberPair> place = TakePlace(&where);
  if (place.has_value() && where.size() == place->second) return Store(place->first, BytesOf(where));
  return Error(kInvalid, "expected ADDRESS,LENGTH:BYTES");
}

// "KIND,ADDRESS,LENGTH", and what we did not offer, after a semicolon.
Server::Reply Server::ChangeStop(absl::string_view stop, void (StopPoints::*change)(StopKind, uint64_t, uint64_t)) {
  const std::optional<uint64_t> kind = TakeNumber(&stop);
  if (kind.has_value() && *kind >= kStopKinds) return "";
  const bool more = absl::ConsumePrefix(&stop, ",");
  const std::optional<NumberPair> place = TakePair(&stop);
  if (!kind.has_value() || !more || !place.has_value()) return Error(kInvalid, "expected KIND,ADDRESS,LENGTH");
  (points_.*change)(static_cast<StopKind>(*kind), place->first, place->second);
  if (!machine_.control().paused()) points_.Apply(/*step=*/true);
  return "OK";
}

Server::Reply Server::InsertStop(absl::string_view stop) { return ChangeStop(stop, &StopPoints::Insert); }
Server::Reply Server::RemoveStop(absl::string_view stop) { return ChangeStop(stop, &StopPoints::Remove); }

}  // namespace emu::debug::gdb
