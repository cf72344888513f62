// Random guests on the whole board with its real devices: they end, and end alike on both backends, with a combination
// of what is done for speed that each seed draws. With arguments it is for long runs by hand: fuzz_test FIRST_SEED
// COUNT INSTRUCTIONS.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boards/registry.h"
#include "gtest/gtest.h"
#include "targets/riscv/fuzz/guest_image.h"
#include "translate/options/draw_jit_options.h"

namespace emu::boards {
namespace {

// Registers of riscv-virt's devices, and places where none is.
const std::vector<uint64_t>& Places() {
  static const auto& places = *new std::vector<uint64_t>{
      0x2000000,  0x2004000,  0x200bff0,  0x100000,   0x101000,   0xc000000,  0xc001000,  0xc002000,  0xc200000,
      0xc201000,  0x10000000, 0x10001000, 0x10008000, 0x10008100, 0x10007000, 0x10007100, 0x10100000, 0x20000000,
      0x30000000, 0x30008000, 0x40000000, 0x3000000,  0x50000000, 0x1000,     0x80200000};
  return places;
}

struct End {
  int status;
  std::string report, summary;
};

End RunOne(uint64_t seed, uint64_t insns, Accel accel) {
  const char* temporary = getenv("TEST_TMPDIR");
  const std::string path = absl::StrCat(temporary != nullptr ? temporary : "/tmp", "/fuzz_guest.bin");
  const std::vector<uint8_t> image = riscv::MakeFuzzGuest(seed, Places());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(image.data()), static_cast<long>(image.size()));
  MachineConfig config;
  config.accel = accel;
  // What the engine keeps is seen by guests that change code or tables and do not fence; what passes do is not.
  config.jit = translate::DrawJitOptions(seed);
  if (accel == Accel::kInterp) config.jit = translate::WithoutPasses(config.jit);
  config.bios = path;
  config.ram_bytes = 4 << 20;
  config.deterministic = true;
  config.insn_limit = insns;
  config.exit_on_reset = true;
  config.devices = {{"virtio-rng-device", {}}};
  auto machine = (*FindBoard("virt"))->make(config);
  if (!machine.ok()) return {-1, machine.status().ToString(), ""};
  const Machine::Result result = (*machine)->Run();
  return {result.status, result.report, (*machine)->StateSummary()};
}

std::string Compare(uint64_t seed, uint64_t insns) {
  const End a = RunOne(seed, insns, Accel::kInterp), b = RunOne(seed, insns, Accel::kJit);
  if (a.status >= 0 && a.status == b.status && a.report == b.report && a.summary == b.summary) return "";
  return absl::StrCat("seed ", seed, ", -jit-opt ", JitOptionsText(translate::DrawJitOptions(seed)), ": interpreter ",
                      a.status, " ", a.report, " ", a.summary, "\n  jit ", b.status, " ", b.report, " ", b.summary);
}

TEST(BoardFuzz, BackendsAgreeOnRandomGuests) {
  for (uint64_t seed = 1; seed <= 40; ++seed) ASSERT_EQ(Compare(seed, 20000), "");
}

TEST(BoardFuzz, GuestsEndByTheLimit) {
  int limited = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) limited += RunOne(seed, 5000, Accel::kJit).status == kStatusInsnLimit;
  EXPECT_GT(limited, 5);
}

}  // namespace
}  // namespace emu::boards

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 4) return RUN_ALL_TESTS();
  const uint64_t first = strtoull(argv[1], nullptr, 0), count = strtoull(argv[2], nullptr, 0);
  for (uint64_t seed = first; seed - first < count; ++seed) {
    fprintf(stderr, "\r%llu ", static_cast<unsigned long long>(seed));
    const std::string difference = emu::boards::Compare(seed, strtoull(argv[3], nullptr, 0));
    if (!difference.empty()) return puts(difference.c_str()), 1;
  }
  return 0;
}
