// x, xp, print, memsave, pmemsave.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/disassembler.h"
#include "debug/monitor/command.h"
#include "mmu/soft_tlb.h"

namespace emu::debug {
namespace {

using memory::Gpa;
using memory::Gva;

constexpr uint64_t kMaxBytes = 16 << 20;  // of one dump
constexpr size_t kMaxString = 4096;
constexpr unsigned kMaxInsnBytes = 16;

absl::Status Read(const MonitorState& state, bool physical, uint64_t at, absl::Span<uint8_t> bytes) {
  return physical ? state.view.ReadPhysical(Gpa(at), bytes) : state.view.Read(Gva(at), bytes);
}

// As many bytes as can be read, up to the size of `bytes`: the end of a page may be that of what is mapped.
size_t ReadUpTo(const MonitorState& state, bool physical, uint64_t at, absl::Span<uint8_t> bytes) {
  const size_t page_left = mmu::kPageSize - at % mmu::kPageSize;
  const size_t first = std::min(bytes.size(), page_left);
  if (!Read(state, physical, at, bytes.first(first)).ok()) return 0;
  if (first == bytes.size()) return first;
  return Read(state, physical, at + first, bytes.subspan(first)).ok() ? bytes.size() : first;
}

absl::Status CannotRead(const MonitorState& state, bool physical, uint64_t at) {
  uint8_t byte;
  return Read(state, physical, at, absl::MakeSpan(&byte, 1));
}

absl::StatusOr<Answer> DumpInsns(const MonitorState& state, bool physical, uint64_t at, uint64_t count) {
  const std::unique_ptr<Disassembler> by = Disassembler::Make(state.parts.machine.processor().cpu().target().name());
  if (by == nullptr) return absl::UnimplementedError("no disassembler knows this CPU");
  Answer answer;
  llvm::json::Array insns;
  for (; count > 0; --count) {
    uint8_t bytes[kMaxInsnBytes];
    const size_t size = ReadUpTo(state, physical, at, absl::MakeSpan(bytes));
    const std::vector<DecodedInsn> decoded = by->Decode(absl::MakeConstSpan(bytes, size), at, at);
    if (decoded.empty()) {
      if (insns.empty()) return CannotRead(state, physical, at);
      break;
    }
    const DecodedInsn& insn = decoded[0];
    const std::string symbol = state.parts.symbols.Describe(at);
    absl::StrAppend(&answer.text, FormatInsn(insn), symbol.empty() ? "" : absl::StrCat("  <", symbol, ">"), "\n");
    llvm::json::Object o{{"address", HexText(at)}, {"bytes", HexBytes(insn.bytes)}, {"text", insn.text}};
    if (!symbol.empty()) o["symbol"] = Utf8(symbol);
    insns.push_back(std::move(o));
    at += insn.bytes.size();
  }
  answer.json = llvm::json::Object{{"instructions", std::move(insns)}};
  return answer;
}

// The bytes up to a zero, which is left out.
absl::StatusOr<std::string> ReadString(const MonitorState& state, bool physical, uint64_t at) {
  std::string text;
  uint8_t byte;
  while (text.size() < kMaxString) {
    const absl::Status status = Read(state, physical, at + text.size(), absl::MakeSpan(&byte, 1));
    if (!status.ok() && text.empty()) return status;
    if (!status.ok() || byte == 0) break;
    text += static_cast<char>(byte);
  }
  return text;
}

absl::StatusOr<Answer> DumpStrings(const MonitorState& state, bool physical, uint64_t at, uint64_t count) {
  Answer answer;
  llvm::json::Array strings;
  for (; count > 0; --count) {
    const absl::StatusOr<std::string> text = ReadString(state, physical, at);
    if (!text.ok()) {
      if (strings.empty()) return text.status();
      break;
    }
    absl::StrAppendFormat(&answer.text, "%016x: %s\n", at, QuoteBytes(*text));
    strings.push_back(llvm::json::Object{{"address", HexText(at)}, {"text", Utf8(*text)}});
    at += text->size() + (text->size() < kMaxString ? 1 : 0);
  }
  answer.json = llvm::json::Object{{"strings", std::move(strings)}};
  return answer;
}

absl::StatusOr<Answer> DumpValues(const MonitorState& state, bool physical, uint64_t at, const DumpFormat& format) {
  if (format.count > kMaxBytes / format.size) {
    return WrongArguments(absl::StrFormat("%d items of %d bytes: at most 16 MiB at once", format.count, format.size));
  }
  std::vector<uint8_t> bytes(format.count * format.size);
  if (absl::Status status = Read(state, physical, at, absl::MakeSpan(bytes)); !status.ok()) return status;
  const bool big = state.parts.machine.inspector().big_endian();
  return Answer{FormatDump(bytes, at, format, big), DumpJson(bytes, at, format, big)};
}

absl::StatusOr<DumpFormat> TakeFormat(Request& request) {
  const absl::StatusOr<DumpFormat> format = ParseDumpFormat(request.format, request.state.last_format);
  if (format.ok()) request.state.last_format = *format;
  return format;
}

absl::StatusOr<Answer> Dump(Request& request, bool physical) {
  const absl::StatusOr<DumpFormat> format = TakeFormat(request);
  if (!format.ok()) return format.status();
  const absl::StatusOr<uint64_t> at = RestAsAddress(request);
  if (!at.ok()) return at.status();
  if (format->letter == 'i') return DumpInsns(request.state, physical, *at, format->count);
  if (format->letter == 's') return DumpStrings(request.state, physical, *at, format->count);
  return DumpValues(request.state, physical, *at, *format);
}

absl::StatusOr<Answer> X(Request& request) { return Dump(request, /*physical=*/false); }
absl::StatusOr<Answer> Xp(Request& request) { return Dump(request, /*physical=*/true); }

absl::StatusOr<Answer> Print(Request& request) {
  const absl::StatusOr<DumpFormat> format = TakeFormat(request);
  if (!format.ok()) return format.status();
  const absl::StatusOr<uint64_t> value = RestAsAddress(request);
  if (!value.ok()) return value.status();
  return Answer{absl::StrCat(FormatValue(*value, format->letter, 8), "\n"),
                llvm::json::Object{{"value", HexText(*value)}}};
}

absl::Status WriteFile(const MonitorState& state, bool physical, uint64_t at, uint64_t size, FILE* file) {
  uint8_t bytes[mmu::kPageSize];
  while (size > 0) {
    const auto part = absl::MakeSpan(bytes, std::min<uint64_t>(size, sizeof bytes - at % sizeof bytes));
    if (absl::Status status = Read(state, physical, at, part); !status.ok()) return status;
    if (fwrite(part.data(), 1, part.size(), file) != part.size()) return absl::DataLossError(strerror(errno));
    at += part.size();
    size -= part.size();
  }
  return fflush(file) == 0 ? absl::OkStatus() : absl::DataLossError(strerror(errno));
}

absl::StatusOr<Answer> Save(Request& request, bool physical) {
  if (absl::Status status = ExpectWords(request, 3, 3); !status.ok()) return status;
  const absl::StatusOr<uint64_t> at = request.state.Eval(request.words[0]);
  const absl::StatusOr<uint64_t> size = request.state.Eval(request.words[1]);
  if (!at.ok() || !size.ok()) return at.ok() ? size.status() : at.status();
  const std::string& path = request.words[2];
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "wbe"), fclose);
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot create file \"", path, "\": ", strerror(errno)));
  }
  const absl::Status status = WriteFile(request.state, physical, *at, *size, file.get());
  if (status.ok()) return Answer{"", llvm::json::Object{{"bytes", static_cast<int64_t>(*size)}, {"file", Utf8(path)}}};
  return absl::Status(status.code(), absl::StrCat("file \"", path, "\" is not complete: ", status.message()));
}

absl::StatusOr<Answer> MemSave(Request& request) { return Save(request, /*physical=*/false); }
absl::StatusOr<Answer> PMemSave(Request& request) { return Save(request, /*physical=*/true); }

constexpr Command kCommands[] = {
    {"x", "/FMT ADDRESS", "guest-virtual memory at ADDRESS. FMT: count, x d u o c i s, b h w g; `x/4i $pc`", X,
     NoWords},
    {"xp", "/FMT ADDRESS", "guest-physical memory", Xp, NoWords},
    {"print|p", "/FMT EXPRESSION", "the expression's value: numbers, $REGISTER, symbols, *ADDRESS, + - * / % & | ^ ~",
     Print, NoWords},
    {"memsave", "ADDRESS SIZE FILE", "writes guest-virtual memory to a file", MemSave, NoWords},
    {"pmemsave", "ADDRESS SIZE FILE", "writes guest-physical memory to a file", PMemSave, NoWords},
};

}  // namespace

absl::Span<const Command> MemoryCommands() { return kCommands; }

}  // namespace emu::debug
