// The table of flags, and what each does.
#include <time.h>

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/monitor_options.h"
#include "cli/options.h"
#include "cli/values.h"
#include "debug/gdb/stream_spec.h"
#include "translate/options/jit_options.h"

namespace emu::cli {
namespace {

using absl::string_view;
using Action = Options::Action;

absl::Status Bad(string_view flag, string_view value, string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("-", flag, " \"", value, "\": expected ", expected));
}

absl::Status Prefixed(string_view flag, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat("-", flag, " ", status.message()));
}

absl::Status Ignore(string_view, Options*) { return absl::OkStatus(); }

// Accepts the one value that says what is so anyway.
template <const char* kFlag, const char* kExpected>
absl::Status Only(string_view value, Options*) {
  for (string_view rest = kExpected; !rest.empty();) {
    const string_view one = rest.substr(0, rest.find('|'));
    if (value == one) return absl::OkStatus();
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return Bad(kFlag, value, kExpected);
}
constexpr char kDisplay[] = "display", kVga[] = "vga", kNet[] = "net", kNic[] = "nic", kNone[] = "none";
constexpr char kParallel[] = "parallel";

absl::Status AddGdb(string_view value, Options* o) {
  const absl::StatusOr<devices::CharSpec> spec = debug::gdb::ParseStreamSpec(value);
  if (!spec.ok()) return spec.status();
  if (spec->kind == devices::CharSpec::Kind::kNone) return o->debug.gdb.clear(), absl::OkStatus();
  return o->debug.gdb.emplace_back(value), absl::OkStatus();
}

absl::Status Add(absl::StatusOr<MonitorOption> monitor, Options* o) {
  if (!monitor.ok()) return monitor.status();
  const bool none = monitor->stream.kind == devices::CharSpec::Kind::kNone;
  o->no_monitor |= none && !monitor->control;
  if (!none) o->debug.monitors.push_back(*std::move(monitor));
  return absl::OkStatus();
}
template <const char* kFlag>
absl::Status AddMonitor(string_view value, Options* o) {
  return Add(ParseMonitorStream(kFlag, value), o);
}
constexpr char kMonitor[] = "monitor", kQmp[] = "qmp", kQmpPretty[] = "qmp-pretty";
absl::Status AddMon(string_view value, Options* o) { return Add(ParseMon(value), o); }

// TEXT or guest=TEXT, with properties that are of no use here.
absl::Status SetName(string_view value, Options* o) {
  for (const Property& p : ParseProperties(value, "")) {
    if (p.second.empty()) o->debug.name = p.first;
    if (p.first == "guest") o->debug.name = p.second;
  }
  return absl::OkStatus();
}

absl::Status SetAccel(string_view value, Options* o) {
  const string_view name = value.substr(0, value.find(','));  // tcg,thread=single and the like
  if (name == "help") return absl::InvalidArgumentError("-accel: jit (or tcg), interp");
  if (name != "jit" && name != "tcg" && name != "interp") return Bad("accel", value, "jit, tcg (the same) or interp");
  o->machine.accel = name == "interp" ? boards::Accel::kInterp : boards::Accel::kJit;
  return absl::OkStatus();
}

absl::Status SetJitOptions(string_view value, Options* o) {
  if (value == "help" || value == "?") return o->action = Action::kJitOptHelp, absl::OkStatus();
  const absl::Status status = translate::ParseJitOptions(value, &o->machine.jit);
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat("-", status.message()));
}

// Less would not hold the largest block; generated code reaches all of it by 32-bit distances.
absl::Status SetJitCache(string_view value, Options* o) {
  const absl::StatusOr<uint64_t> size = ParseSize(value, uint64_t{1} << 20);
  if (!size.ok()) return Prefixed("jit-cache", size.status());
  if (*size < (uint64_t{1} << 18) || *size % 4096 != 0 || *size > (uint64_t{1} << 30)) {
    return Bad("jit-cache", value, "256K to 1G, in whole pages of 4K");
  }
  o->machine.jit_cache_bytes = *size;
  return absl::OkStatus();
}

absl::Status SetMemory(string_view value, Options* o) {
  for (const Property& p : ParseProperties(value, "")) {
    const bool bare = p.second.empty();
    if (!bare && p.first != "size") return Bad("m", value, "SIZE or size=SIZE");
    const absl::StatusOr<uint64_t> size = ParseSize(bare ? p.first : p.second, uint64_t{1} << 20);
    if (!size.ok()) return Prefixed("m", size.status());
    if (*size < (uint64_t{1} << 20) || *size % 4096 != 0 || *size > (uint64_t{1} << 40)) {
      return Bad("m", value, "1M to 1T, in whole pages of 4K");
    }
    o->machine.ram_bytes = *size;
  }
  return absl::OkStatus();
}

absl::Status SetMachineProperty(const Property& p, Options* o) {
  if (p.first == "type") return o->board = p.second, absl::OkStatus();
  if (p.first == "accel") return SetAccel(p.second, o);
  if (p.first == "dumpdtb") return o->machine.dump_dtb = p.second, absl::OkStatus();
  if (p.first == "usb" || p.first == "graphics" || p.first == "dump-guest-core") return absl::OkStatus();
  o->machine.board_options[p.first] = p.second;
  return absl::OkStatus();
}

absl::Status SetMachine(string_view value, Options* o) {
  std::vector<Property> properties = ParseProperties(value);
  if (!properties.empty() && absl::StartsWith(value, properties[0].first) && properties[0].second == "on" &&
      !absl::StartsWith(value, absl::StrCat(properties[0].first, "="))) {
    o->board = properties[0].first;
    properties.erase(properties.begin());
  }
  if (o->board == "help" || o->board == "?") return o->action = Action::kBoardHelp, absl::OkStatus();
  for (const Property& p : properties) {
    if (absl::Status status = SetMachineProperty(p, o); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SetCpu(string_view value, Options* o) {
  if (value == "help" || value == "?") o->action = Action::kCpuHelp;
  o->machine.cpu = std::string(value);
  return absl::OkStatus();
}

absl::Status SetCpuCount(string_view value, Options*) {
  for (const Property& p : ParseProperties(value, "")) {
    const absl::StatusOr<uint64_t> count = ParseNumber(p.second.empty() ? p.first : p.second);
    if (!count.ok()) return Prefixed("smp", count.status());
    if (*count != 1) return Bad("smp", value, "1: machines have one CPU so far");
  }
  return absl::OkStatus();
}

absl::Status AddSerial(string_view value, Options* o) {
  absl::StatusOr<devices::CharSpec> spec = devices::ParseSerialSpec(value);
  if (!spec.ok()) return spec.status();
  o->machine.serials.push_back(*std::move(spec));
  return absl::OkStatus();
}

absl::Status AddChardev(string_view value, Options* o) {
  absl::StatusOr<devices::CharSpec> spec = devices::ParseChardevSpec(value);
  if (!spec.ok()) return spec.status();
  o->machine.chardevs.push_back(*std::move(spec));
  return absl::OkStatus();
}

absl::Status AddDevice(string_view value, Options* o) {
  std::vector<Property> properties = ParseProperties(value);
  if (properties.empty()) return Bad("device", value, "NAME[,property=value...]");
  if (value == "help" || value == "?") o->action = Action::kDeviceHelp;
  boards::DeviceRequest request{properties[0].first, {}};
  request.properties.assign(properties.begin() + 1, properties.end());
  o->machine.devices.push_back(std::move(request));
  return absl::OkStatus();
}

// Sources of entropy for virtio-rng-device: it has its own.
absl::Status AddObject(string_view value, Options*) {
  const string_view name = value.substr(0, value.find(','));
  if (name == "rng-random" || name == "rng-builtin") return absl::OkStatus();
  return Bad("object", value, "rng-random or rng-builtin");
}

absl::Status SetGlobal(string_view value, Options* o) {
  const bool legacy = value == "virtio-mmio.force-legacy=true" || value == "virtio-mmio.force-legacy=on";
  const bool modern = value == "virtio-mmio.force-legacy=false" || value == "virtio-mmio.force-legacy=off";
  if (!legacy && !modern) return Bad("global", value, "virtio-mmio.force-legacy=true|false");
  o->machine.modern_virtio_mmio = modern;
  return absl::OkStatus();
}

absl::Status SetRtc(string_view value, Options* o) {
  for (const Property& p : ParseProperties(value)) {
    if (p.first == "clock" || p.first == "driftfix") continue;
    if (p.first != "base") return Bad("rtc", value, "base=utc|localtime|DATE");
    if (p.second == "utc") continue;
    if (p.second == "localtime") {
      const time_t now = time(nullptr);
      tm local;
      localtime_r(&now, &local);
      o->machine.epoch_seconds = now + local.tm_gmtoff;
      continue;
    }
    const absl::StatusOr<int64_t> date = ParseDate(p.second);
    if (!date.ok()) return Prefixed("rtc", date.status());
    o->machine.epoch_seconds = *date;
  }
  return absl::OkStatus();
}

absl::Status SetInsnLimit(string_view value, Options* o) {
  const absl::StatusOr<uint64_t> limit = ParseNumber(value);
  if (!limit.ok()) return Prefixed("icount-limit", limit.status());
  if (*limit > (uint64_t{1} << 62)) return Bad("icount-limit", value, "at most 2^62");
  o->machine.insn_limit = *limit;
  o->machine.deterministic = true;
  return absl::OkStatus();
}

absl::Status SetLogItems(string_view value, Options* o) {
  if (value == "help" || value == "?") return o->action = Action::kLogHelp, absl::OkStatus();
  const absl::StatusOr<uint32_t> items = boards::ParseLogItems(value);
  if (!items.ok()) return items.status();
  o->log_items |= *items;
  return absl::OkStatus();
}

template <std::string boards::MachineConfig::* kField>
absl::Status SetText(string_view value, Options* o) {
  o->machine.*kField = std::string(value);
  return absl::OkStatus();
}
template <bool boards::MachineConfig::* kField>
absl::Status SetTrue(string_view, Options* o) {
  o->machine.*kField = true;
  return absl::OkStatus();
}
template <Action kAction>
absl::Status SetAction(string_view, Options* o) {
  o->action = kAction;
  return absl::OkStatus();
}
absl::Status SetLogPath(string_view value, Options* o) { return o->log_path = std::string(value), absl::OkStatus(); }
absl::Status AddTrace(string_view value, Options* o) { return o->debug.traces.emplace_back(value), absl::OkStatus(); }
absl::Status AddSymbols(string_view value, Options* o) {
  return o->debug.symbols.emplace_back(value), absl::OkStatus();
}
absl::Status SetLogFilter(string_view value, Options* o) {
  const absl::StatusOr<boards::LogFilter> filter = boards::LogFilter::Parse(value);
  if (filter.ok()) o->log_filter = *filter;
  return filter.status();
}
absl::Status SetPerfMap(string_view, Options* o) { return o->debug.perf_map = true, absl::OkStatus(); }
absl::Status SetPrintState(string_view, Options* o) { return o->print_state = true, absl::OkStatus(); }
absl::Status SetNoDefaults(string_view, Options* o) { return o->defaults = false, absl::OkStatus(); }

using Config = boards::MachineConfig;

constexpr Flag kFlags[] = {
    {"M", "BOARD[,OPTION=VALUE...]", SetMachine, "the machine; help lists them. dumpdtb=FILE writes its device tree"},
    {"machine", "BOARD[,OPTION=VALUE...]", SetMachine, "the same"},
    {"cpu", "NAME[,EXTENSION=on|off...]", SetCpu, "the CPU; help lists models and extensions"},
    {"m", "SIZE", SetMemory, "size of RAM, in MiB without a suffix"},
    {"smp", "N", SetCpuCount, "number of CPUs: 1"},
    {"kernel", "FILE", SetText<&Config::kernel>, "Linux Image or ELF, also compressed by gzip, or raw"},
    {"initrd", "FILE", SetText<&Config::initrd>, "initial RAM disk"},
    {"append", "TEXT", SetText<&Config::append>, "the kernel's command line"},
    {"dtb", "FILE", SetText<&Config::dtb>, "device tree, in place of the board's own"},
    {"bios", "FILE|none|default", SetText<&Config::bios>,
     "M-mode firmware; none: the kernel starts in M-mode; default: the machine serves the kernel itself"},
    {"serial", "STREAM", AddSerial,
     "stdio, mon:stdio, file:PATH, null, none, pty, chardev:ID, unix:PATH, tcp:HOST:PORT"},
    {"chardev", "KIND,id=ID[,...]", AddChardev, "a byte stream for -serial chardev:ID or a device"},
    {"device", "NAME[,PROPERTY=VALUE...]", AddDevice, "adds a device; help lists them"},
    {"nographic", "", Ignore, "serial port and monitor on the terminal, as it is anyway; Ctrl-A H helps there"},
    {"accel", "jit|interp", SetAccel, "how guest code is run"},
    {"jit-opt", "no-NAME[,...]", SetJitOptions, "leave out what is done for speed alone; help lists it"},
    {"jit-cache", "SIZE", SetJitCache, "room for translated code, in MiB without a suffix; emptied when full"},
    {"deterministic", "", SetTrue<&Config::deterministic>, "time follows the instruction count; a run can be repeated"},
    {"icount-limit", "N", SetInsnLimit, "end after exactly N instructions, with status 124; implies -deterministic"},
    {"print-state-hash", "", SetPrintState, "instruction count and hashes of RAM and CPU state at the end"},
    {"rtc", "base=utc|localtime|DATE", SetRtc, "time of day at the start"},
    {"S", "", [](string_view, Options* o) { return o->machine.start_paused = true, absl::OkStatus(); },
     "do not start the CPU: a monitor, gdb or QMP client does"},
    {"s", "", [](string_view, Options* o) { return AddGdb(debug::gdb::kDefaultStream, o); },
     "the same as -gdb tcp::1234"},
    {"gdb", "STREAM", AddGdb, "serve gdb: tcp:[HOST]:PORT, unix:PATH, stdio, pty, chardev:ID, none"},
    {"monitor", "STREAM", AddMonitor<kMonitor>,
     "a monitor: stdio, none, unix:PATH, tcp:[HOST]:PORT, pty, chardev:ID; Ctrl-A C leads to that of a serial port"},
    {"qmp", "STREAM", AddMonitor<kQmp>, "the same for programs, by QEMU's protocol QMP"},
    {"qmp-pretty", "STREAM", AddMonitor<kQmpPretty>, "the same, in lines that people can read"},
    {"mon", "chardev=ID[,mode=readline|control]", AddMon, "a monitor, or QMP, on a stream of -chardev"},
    {"no-reboot", "", SetTrue<&Config::exit_on_reset>, "end when the guest resets the machine"},
    {"d", "ITEM[,...]", SetLogItems, "what to log; help lists the items"},
    {"D", "FILE", SetLogPath, "log to a file instead of standard error; %d in its name is the process's number"},
    {"dfilter", "RANGE[,...]", SetLogFilter, "log only about these addresses: START+SIZE, START-SIZE, START..END"},
    {"perfmap", "", SetPerfMap, "write /tmp/perf-PID.map, so that perf names translated blocks"},
    {"trace", "mem[,KEY=VALUE...]", AddTrace, "record memory accesses; docs/trace.md has the keys"},
    {"symbols", "FILE", AddSymbols, "names of guest code: an ELF file, a System.map or a copy of /proc/kallsyms"},
    {"version", "", SetAction<Action::kVersion>, "print the version"},
    {"help", "", SetAction<Action::kHelp>, "print this"},
    {"h", "", SetAction<Action::kHelp>, ""},
    {"display", "KIND", Only<kDisplay, kNone>, ""},
    {"vga", "KIND", Only<kVga, kNone>, ""},
    {"net", "KIND", Only<kNet, kNone>, ""},
    {"nic", "KIND", Only<kNic, kNone>, ""},
    {"parallel", "STREAM", Only<kParallel, kNone>, ""},
    {"nodefaults", "", SetNoDefaults, ""},
    {"no-user-config", "", Ignore, ""},
    {"no-shutdown", "", Ignore, ""},
    {"name", "TEXT", SetName, ""},
    {"object", "KIND,id=ID", AddObject, ""},
    {"global", "DRIVER.PROPERTY=VALUE", SetGlobal, ""},
};

}  // namespace

absl::Span<const Flag> Flags() { return kFlags; }

}  // namespace emu::cli
