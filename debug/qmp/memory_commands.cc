// AddMemoryCommands of machine_commands.h.
#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "debug/monitor/guest_view.h"
#include "debug/qmp/machine_commands.h"
#include "memory/address.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using Type = QmpArgument::Type;
using ReadBytes = std::function<absl::Status(uint64_t address, absl::Span<uint8_t> bytes)>;

constexpr uint64_t kChunk = 64 << 10;

absl::Status Save(uint64_t address, uint64_t size, const std::string& path, const ReadBytes& read) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return absl::InvalidArgumentError(absl::StrCat("cannot write to \"", path, "\""));
  std::vector<uint8_t> bytes;
  for (uint64_t done = 0; done < size; done += bytes.size()) {
    bytes.resize(std::min(kChunk, size - done));
    if (absl::Status status = read(address + done, absl::MakeSpan(bytes)); !status.ok()) return status;
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  if (file.flush()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing to \"", path, "\" failed"));
}

absl::StatusOr<json::Value> Run(const json::Object& arguments, const ReadBytes& read) {
  const int64_t size = *arguments.getInteger("size");
  if (size < 0) return absl::InvalidArgumentError(absl::StrCat("argument \"size\": ", size, " is negative"));
  // Addresses are all 64 bits; the upper half of them is written as a large number or a negative one.
  const json::Value& at = *arguments.get("val");
  const uint64_t address = at.getAsUINT64() ? *at.getAsUINT64() : static_cast<uint64_t>(*at.getAsInteger());
  absl::Status status = Save(address, static_cast<uint64_t>(size), arguments.getString("filename")->str(), read);
  if (!status.ok()) return status;
  return json::Object();
}

absl::Status ReadPhysical(boards::Machine& machine, uint64_t address, absl::Span<uint8_t> bytes) {
  if (machine.memory().Read(memory::Gpa(address), bytes) == memory::MemStatus::kOk) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrFormat("not all of 0x%x to 0x%x can be read", address, address + bytes.size() - 1));
}

}  // namespace

void AddMemoryCommands(QmpCommands& commands, const QmpParts& parts) {
  const QmpArgument address{"val", Type::kAddress}, size{"size", Type::kInt}, file{"filename"};
  commands.Add("pmemsave", {address, size, file}, [&machine = parts.machine](const json::Object& arguments) {
    return Run(arguments, [&](uint64_t at, absl::Span<uint8_t> bytes) { return ReadPhysical(machine, at, bytes); });
  });
  const QmpArgument cpu{"cpu-index", Type::kInt, false};
  const auto save = [&machine = parts.machine](const json::Object& arguments) -> absl::StatusOr<json::Value> {
    if (absl::Status status = CheckCpuIndex(arguments); !status.ok()) return status;
    return Run(arguments,
               [&](uint64_t at, absl::Span<uint8_t> bytes) { return GuestView(machine).Read(memory::Gva(at), bytes); });
  };
  commands.Add("memsave", {address, size, file, cpu}, save);
}

}  // namespace emu::debug
