// From one kind of address to the next: gva2gpa, gpa2hva, gpa2hpa, and all of it at once: explain.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "debug/monitor/command.h"
#include "debug/monitor/explain_address.h"

namespace emu::debug {
namespace {

using memory::Gpa;
using memory::Gva;

absl::StatusOr<Answer> GvaToGpa(Request& request) {
  const absl::StatusOr<uint64_t> gva = RestAsAddress(request);
  if (!gva.ok()) return gva.status();
  const absl::StatusOr<Gpa> gpa = request.state.view.Translate(Gva(*gva));
  if (!gpa.ok()) return gpa.status();
  return Answer{absl::StrFormat("gpa: %#x\n", gpa->value),
                llvm::json::Object{{"gva", HexText(*gva)}, {"gpa", HexText(gpa->value)}}};
}

Answer HostAnswer(absl::string_view what, const char* key, uint64_t gpa, const HostPlace& place, uint64_t address) {
  const std::string& region = place.range->region->name();
  return Answer{absl::StrFormat("Host %s address for 0x%x (%s) is 0x%x\n", what, gpa, region, address),
                llvm::json::Object{{"gpa", HexText(gpa)}, {"region", region}, {key, HexText(address)}}};
}

absl::StatusOr<Answer> GpaToHva(Request& request) {
  const absl::StatusOr<uint64_t> gpa = RestAsAddress(request);
  if (!gpa.ok()) return gpa.status();
  const absl::StatusOr<HostPlace> place = request.state.view.Host(Gpa(*gpa));
  if (!place.ok()) return place.status();
  return HostAnswer("virtual", "hva", *gpa, *place, reinterpret_cast<uint64_t>(place->host));
}

absl::StatusOr<Answer> GpaToHpa(Request& request) {
  const absl::StatusOr<uint64_t> gpa = RestAsAddress(request);
  if (!gpa.ok()) return gpa.status();
  const absl::StatusOr<HostPlace> place = request.state.view.Host(Gpa(*gpa));
  if (!place.ok()) return place.status();
  const absl::StatusOr<uint64_t> hpa = GuestView::HostPhysical(place->host);
  if (!hpa.ok()) return hpa.status();
  return HostAnswer("physical", "hpa", *gpa, *place, *hpa);
}

absl::StatusOr<Answer> ExplainGva(Request& request) {
  absl::string_view where = request.rest;
  const bool physical = absl::ConsumePrefix(&where, "gpa:");
  const absl::StatusOr<uint64_t> address = request.state.Eval(where);
  if (!address.ok()) return address.status();
  return physical ? ExplainPhysical(request.state, Gpa(*address)) : ExplainVirtual(request.state, Gva(*address));
}

constexpr Command kCommands[] = {
    {"gva2gpa", "ADDRESS", "the guest-physical address of a guest-virtual one", GvaToGpa, NoWords},
    {"gpa2hva", "ADDRESS", "the host-virtual address of guest-physical memory", GpaToHva, NoWords},
    {"gpa2hpa", "ADDRESS", "the host-physical address of guest-physical memory", GpaToHpa, NoWords},
    {"explain", "ADDRESS|gpa:ADDRESS", "where a guest-virtual (guest-physical) address lives, step by step", ExplainGva,
     NoWords},
};

}  // namespace

absl::Span<const Command> AddressCommands() { return kCommands; }

}  // namespace emu::debug
