#include "debug/trace/record_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

using translate::AccessType;

// Where in its region: "ram+0x1000", "uart.0 RBR", "uart.0+0x7", or "nowhere".
std::string PlaceText(const TracePlace* place, uint64_t gpa, const char* name) {
  if (place == nullptr) return "nowhere";
  if (name != nullptr) return absl::StrCat(place->region, ":", name);
  return absl::StrCat(place->region, "+0x", absl::Hex(place->OffsetAt(gpa)));
}

std::string HostText(uint64_t host) { return host == 0 ? "-" : absl::StrCat("0x", absl::Hex(host)); }

void AppendHost(const TraceRecord& r, std::string* out) {
  const std::string host = HostText(r.host());
  absl::StrAppendFormat(out, "%-18s ", r.crosses ? absl::StrCat(host, "/", HostText(r.host2())) : host);
}

std::string AddressText(uint64_t address) { return absl::StrCat("0x", absl::Hex(address)); }

std::string Physical(const TraceRecord& r) {
  return r.crosses ? absl::StrCat(AddressText(r.gpa), "/", AddressText(r.gpa2)) : AddressText(r.gpa);
}

std::string Value(uint64_t value, uint32_t size) {
  const int digits = static_cast<int>(2 * (size < 8 ? size : 8));
  return absl::StrFormat("0x%0*x%s", digits, value, size > 8 ? "..." : "");
}

void AppendHexMember(absl::string_view name, uint64_t value, std::string* out) {
  absl::StrAppend(out, ",\"", name, "\":\"0x", absl::Hex(value), "\"");
}

void AppendPlaceMembers(const TracePlace* place, uint64_t gpa, absl::string_view suffix, std::string* out) {
  if (place == nullptr) return;
  absl::StrAppend(out, ",\"region", suffix, "\":", JsonQuoted(place->region));
  AppendHexMember(absl::StrCat("offset", suffix), place->OffsetAt(gpa), out);
  if (place->host != 0) AppendHexMember(absl::StrCat("hva", suffix), place->HostAt(gpa), out);
}

}  // namespace

std::string TextHeading(bool show_hva) {
  return absl::StrFormat("# %10s %3s %-18s %-28s %-10s %4s %-18s %-18s %s%-32s %s\n", "insns", "cpu", "pc", "symbol",
                         "kind", "size", "gva", "gpa", show_hva ? absl::StrFormat("%-18s ", "hva") : "", "place",
                         "value");
}

void AppendText(const TraceRecord& r, const SymbolTable& symbols, bool show_hva, std::string* out) {
  const std::string symbol = symbols.Describe(r.pc);
  absl::StrAppendFormat(out, "%12d %3d 0x%016x %-28s %-10s %4d %-18s %-18s ", r.insn, r.cpu, r.pc,
                        symbol.empty() ? "-" : absl::StrCat("<", symbol, ">"), AccessTypeName(r.type), r.size,
                        r.dma() ? "-" : AddressText(r.gva), Physical(r));
  if (show_hva) AppendHost(r, out);
  const std::string first = PlaceText(r.place, r.gpa, r.register_name);
  absl::StrAppendFormat(out, "%-32s %s",
                        r.crosses ? absl::StrCat(first, "/", PlaceText(r.place2, r.gpa2, nullptr)) : first,
                        r.value_known ? Value(r.value, r.size) : "-");
  if (r.type == AccessType::kAtomic) absl::StrAppend(out, " was ", Value(r.old, r.size));
  *out += '\n';
}

std::string JsonQuoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c < 0x20 || c == 0x7f) {  // char is signed: other than ASCII too
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// Addresses and values are text, since many readers of JSON keep but 53 bits of a number.
void AppendJson(const TraceRecord& r, const SymbolTable& symbols, std::string* out) {
  absl::StrAppend(out, "{\"insns\":", r.insn, ",\"cpu\":", r.cpu);
  AppendHexMember("pc", r.pc, out);
  const std::string symbol = symbols.Describe(r.pc);
  if (!symbol.empty()) absl::StrAppend(out, ",\"symbol\":", JsonQuoted(symbol));
  absl::StrAppend(out, ",\"kind\":\"", AccessTypeName(r.type), "\",\"size\":", r.size);
  if (!r.dma()) AppendHexMember("gva", r.gva, out);
  AppendHexMember("gpa", r.gpa, out);
  AppendPlaceMembers(r.place, r.gpa, "", out);
  if (r.register_name != nullptr) absl::StrAppend(out, ",\"register\":", JsonQuoted(r.register_name));
  if (r.crosses) {
    AppendHexMember("gpa2", r.gpa2, out);
    AppendPlaceMembers(r.place2, r.gpa2, "2", out);
  }
  if (r.value_known) AppendHexMember("value", r.value, out);
  if (r.type == AccessType::kAtomic) AppendHexMember("old", r.old, out);
  *out += "}\n";
}

}  // namespace emu::debug
