// info: what there is to know of the machine and of its devices. Its CPU is in info_cpu.cc.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "boards/run_control.h"
#include "boards/version.h"
#include "debug/monitor/command.h"
#include "debug/monitor/info_cpu.h"
#include "memory/mtree.h"
#include "memory/tree_build.h"
#include "memory/tree_json.h"

namespace emu::debug {
namespace {

using boards::DeviceInfo;
using boards::InterruptLine;
using llvm::json::Array;
using llvm::json::Object;

boards::Machine& Machine(const Request& request) { return request.state.parts.machine; }

absl::StatusOr<Answer> InfoMtree(Request& request) {
  memory::MtreeOptions options;
  bool flat = false;
  for (const std::string& word : request.words) {
    bool* const flag = word == "-f"   ? &flat
                       : word == "-d" ? &options.dispatch
                       : word == "-o" ? &options.owners
                       : word == "-D" ? &options.disabled
                                      : nullptr;
    if (flag == nullptr) return WrongArguments(absl::StrCat("unknown option \"", word, "\"; expected -f, -d, -o, -D"));
    *flag = true;
  }
  const std::vector<memory::AddressSpace*> spaces = Machine(request).address_spaces();
  if (!request.json) return Answer{flat ? FormatFlatViews(spaces, options) : FormatTrees(spaces, options)};
  return Answer{"", FromJsonText(flat ? memory::FormatFlatViewsJson(spaces)
                                      : memory::FormatTreeJson(memory::DescribeTree(spaces)))};
}

// In QEMU's words ("running", "paused (prelaunch)"), and why a debugger stopped it.
std::string RunStateText(boards::Machine& machine) {
  const boards::RunControl& control = machine.control();
  if (!control.paused()) return "running";
  if (machine.processor().cpu().InsnCount() == 0) return "paused (prelaunch)";
  if (control.reason() == boards::PauseReason::kUser) return "paused";
  return absl::StrCat("paused (", boards::PauseReasonName(control.reason()), ")");
}

absl::StatusOr<Answer> InfoStatus(Request& request) {
  const bool paused = Machine(request).control().paused();
  const std::string state = RunStateText(Machine(request));
  Object json{{"running", !paused}, {"status", state}};
  if (paused) json["reason"] = std::string(boards::PauseReasonName(Machine(request).control().reason()));
  json["insns"] = static_cast<int64_t>(Machine(request).processor().cpu().InsnCount());
  return Answer{absl::StrCat("VM status: ", state, "\n"), std::move(json)};
}

std::string DeviceText(const DeviceInfo& device) {
  std::string text = absl::StrFormat("  dev: %s, id \"%s\"\n", device.type, device.id);
  if (!device.irqs.empty()) absl::StrAppendFormat(&text, "    gpio-out \"sysbus-irq\" %d\n", device.irqs.size());
  for (unsigned irq : device.irqs) absl::StrAppend(&text, "    irq ", irq, "\n");
  if (device.properties) {
    for (const auto& [name, value] : device.properties()) absl::StrAppend(&text, "    ", name, " = ", value, "\n");
  }
  if (device.size != 0) absl::StrAppendFormat(&text, "    mmio %016x/%016x\n", device.base, device.size);
  return text;
}

Object DeviceJson(const DeviceInfo& device) {
  Object json{{"type", device.type}, {"id", device.id}};
  Array irqs;
  for (unsigned irq : device.irqs) irqs.push_back(irq);
  json["irqs"] = std::move(irqs);
  Object properties;
  if (device.properties) {
    for (const auto& [name, value] : device.properties()) properties[name] = value;
  }
  json["properties"] = std::move(properties);
  if (device.size != 0) json["base"] = HexText(device.base), json["size"] = HexText(device.size);
  return json;
}

absl::StatusOr<Answer> InfoQtree(Request& request) {
  Answer answer{"bus: main-system-bus\n  type System\n"};
  Array devices;
  for (const DeviceInfo& device : Machine(request).devices()) {
    absl::StrAppend(&answer.text, DeviceText(device));
    devices.push_back(DeviceJson(device));
  }
  answer.json = Object{{"devices", std::move(devices)}};
  return answer;
}

// Of the controller's lines those that lead somewhere or say something. CPUs' lines have names of their own.
std::string LineName(const boards::Machine& machine, const InterruptLine& line) {
  if (!line.name.empty()) return line.name;
  for (const DeviceInfo& device : machine.devices()) {
    for (size_t i = 0; i < device.irqs.size(); ++i) {
      if (device.irqs[i] != line.number) continue;
      return device.size == 0 ? device.type : absl::StrFormat("%s@%x", device.type, device.base);
    }
  }
  return line.level || line.pending || line.enabled ? "-" : "";
}

absl::StatusOr<Answer> InfoIrq(Request& request) {
  Answer answer;
  Array controllers;
  for (const DeviceInfo& device : Machine(request).devices()) {
    if (!device.lines) continue;
    absl::StrAppendFormat(&answer.text, "%s\n  %4s  %-28s level  pending  enabled  priority\n",
                          device.id.empty() ? device.type : device.id, "irq", "source");
    Array lines;
    for (const InterruptLine& line : device.lines()) {
      const std::string name = LineName(Machine(request), line);
      if (name.empty()) continue;
      absl::StrAppendFormat(&answer.text, "  %4d  %-28s %5d  %7d  %7d  %8d\n", line.number, name, line.level,
                            line.pending, line.enabled, line.priority);
      lines.push_back(Object{{"irq", line.number},
                             {"source", name},
                             {"level", line.level},
                             {"pending", line.pending},
                             {"enabled", line.enabled},
                             {"priority", line.priority}});
    }
    controllers.push_back(Object{{"type", device.type}, {"id", device.id}, {"lines", std::move(lines)}});
  }
  answer.json = Object{{"controllers", std::move(controllers)}};
  return answer;
}

absl::StatusOr<Answer> InfoRoms(Request& request) {
  Answer answer;
  Array images;
  for (const boards::LoadedImage& image : Machine(request).images()) {
    const memory::FlatRange* const range = request.state.view.space().Find(memory::Gpa(image.address));
    const bool rom = range != nullptr && (range->readonly || range->romd);
    absl::StrAppendFormat(&answer.text, "addr=%016x size=0x%06x mem=%s name=\"%s\"\n", image.address, image.size,
                          rom ? "rom" : "ram", absl::StrReplaceAll(image.name, {{"\"", ""}}));
    images.push_back(Object{{"address", HexText(image.address)},
                            {"size", HexText(image.size)},
                            {"memory", rom ? "rom" : "ram"},
                            {"name", Utf8(image.name)}});
  }
  answer.json = Object{{"roms", std::move(images)}};
  return answer;
}

absl::StatusOr<Answer> InfoChardev(Request& request) {
  Answer answer;
  Array streams;
  for (const auto& d : Machine(request).chars().descriptions()) {
    absl::StrAppend(&answer.text, d.label, ": filename=", d.filename, "\n");
    streams.push_back(Object{{"label", Utf8(d.label)}, {"filename", Utf8(d.filename)}});
  }
  answer.json = Object{{"chardevs", std::move(streams)}};
  return answer;
}

absl::StatusOr<Answer> InfoVersion(Request&) {
  return Answer{absl::StrCat(boards::kVersion, "\n"), Object{{"version", std::string(boards::kVersion)}}};
}

absl::StatusOr<Answer> InfoName(Request& request) {
  const std::string& name = request.state.parts.name;
  return Answer{name.empty() ? "" : absl::StrCat(name, "\n"), Object{{"name", Utf8(name)}}};
}

std::vector<std::string> MtreeOptions(const MonitorState&) { return {"-f", "-d", "-o", "-D"}; }

constexpr Command kCommands[] = {
    {"info chardev", "", "the byte streams to the host", InfoChardev},
    {"info cpus", "", "the CPUs: where they are, what they do", InfoCpus},
    {"info irq", "", "the lines of interrupt controllers and CPUs", InfoIrq},
    {"info jit", "", "code cache, blocks, lookups, soft TLB", InfoJit},
    {"info mem", "", "what the page tables in force map", InfoMem},
    {"info mtree", "[-f] [-d] [-o] [-D]",
     "the memory tree (-f: the flat views; -d: how they are looked up; -o: owners; -D: disabled regions too)",
     InfoMtree, MtreeOptions},
    {"info name", "", "the guest's name", InfoName},
    {"info qtree", "", "the devices", InfoQtree},
    {"info registers", "", "the CPU's registers", InfoRegisters},
    {"info roms", "", "what was put into memory at the start", InfoRoms},
    {"info status", "", "whether the guest runs, or why it does not", InfoStatus},
    {"info tlb", "", "what the soft TLB of the present context holds", InfoTlb},
    {"info version", "", "this emulator's version", InfoVersion},
};

}  // namespace

absl::Span<const Command> InfoCommands() { return kCommands; }

}  // namespace emu::debug
