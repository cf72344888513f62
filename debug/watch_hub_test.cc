#include "debug/watch_hub.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translate/engine/testing/toy_machine.h"

namespace emu::debug {
namespace {

using memory::Gpa;
using translate::AccessType;
using translate::AccessTypes;
using translate::MemAccess;
using namespace translate::testing;  // NOLINT(build/namespaces): its instructions

class Notes : public translate::AccessWatch {
 public:
  explicit Notes(AccessTypes wanted) : types(wanted) {}
  AccessTypes TypesBeyondPages() const override { return types; }
  bool MayStop() const override { return stop_at != 0; }
  bool WantsPage(memory::Gva page, Gpa, const memory::FlatRange&, translate::Access) override {
    return page.value == wanted_page;
  }
  bool WantsFetch(memory::Gva, Gpa, const memory::FlatRange&) override { return false; }
  bool Stops(const MemAccess& a) override { return stop_at != 0 && a.gva.value == stop_at; }
  void OnAccess(const MemAccess& a) override {
    absl::StrAppendFormat(&text, "%c %x+%d=%s in %s\n", "rwaxRWdD"[static_cast<int>(a.type)], a.gpa.value, a.size,
                          a.value_known ? absl::StrFormat("%x", a.value) : "?",
                          a.range == nullptr ? "nothing" : a.range->region->name());
  }
  std::string Take() { return std::exchange(text, ""); }

  AccessTypes types;
  uint64_t wanted_page = ~uint64_t{0};
  uint64_t stop_at = 0;
  std::string text;
};

class WatchHubTest : public testing::TestWithParam<BackendKind> {
 protected:
  WatchHubTest() {
    m_.system.on_sys = [this](int n) {
      if (n == 0) m_.engine.RequestStop();
    };
    m_.Put(0x1000, {Load(5, 6, 8), Store(5, 6, 16), Store(5, 0, 0x3000), Sys(0)});
    m_.x(6) = ToyMachine::kIo;
  }
  // The program, and a device that writes and reads.
  void Run() {
    m_.RunFrom(0x1000, 100);
    bus_.Store(Gpa(0x2000), 4, 0x01020304, {.dma = true});
    bus_.Load(Gpa(0x2002), 2, {.dma = true});
  }

  ToyMachine m_{GetParam()};
  memory::AddressSpace bus_{"bus", m_.root};
  WatchHub hub_{m_.cpu, bus_};
};

TEST_P(WatchHubTest, EachIsToldOfWhatItWants) {
  Notes nothing(0), devices(translate::kReadTypes), dma(BitOf(AccessType::kDmaWrite)), page(0);
  page.wanted_page = 0x3000;
  for (Notes* n : {&nothing, &devices, &dma}) hub_.Add(n, false);
  Run();
  const std::string read = absl::StrFormat("r %x+8=f0e0d0c0b0a0908 in io\n", ToyMachine::kIo + 8);
  EXPECT_EQ(nothing.Take(), "");
  EXPECT_EQ(devices.Take(), read);
  EXPECT_EQ(dma.Take(), "D 2000+4=1020304 in ram\n");
  hub_.Add(&page, false);
  Run();
  EXPECT_EQ(page.Take(), "w 3000+8=f0e0d0c0b0a0908 in ram\n");
  EXPECT_EQ(devices.Take(), absl::StrCat(read, "w 3000+8=f0e0d0c0b0a0908 in ram\n")) << "pages are everybody's";
  EXPECT_EQ(dma.Take(), "w 3000+8=f0e0d0c0b0a0908 in ram\nD 2000+4=1020304 in ram\n");
  for (Notes* n : {&devices, &page}) hub_.Remove(n);
  dma.types = BitOf(AccessType::kDmaRead);
  hub_.Update(&dma, false);
  Run();
  EXPECT_EQ(devices.Take(), "");
  EXPECT_EQ(dma.Take(), "d 2002+2=102 in ram\n");
}

TEST_P(WatchHubTest, NobodyIsAskedWhoCannotStop) {
  Notes idle(0), stopper(translate::kWriteTypes);
  hub_.Add(&idle, false);
  hub_.Add(&stopper, false);
  idle.wanted_page = 0x3000;
  hub_.Update(&idle, false);
  Run();
  EXPECT_EQ(m_.x(5), 0x0f0e0d0c0b0a0908u);
  stopper.stop_at = ToyMachine::kIo + 16;
  hub_.Update(&stopper, false);
  EXPECT_EQ(m_.RunFrom(0x1000, 100), translate::Engine::Stop::kAttention);
  EXPECT_EQ(m_.pc(), 0x1004u);
}

TEST_P(WatchHubTest, DmaOfEachRegionAndWithoutKnownValues) {
  Notes dma(translate::kDmaTypes);
  hub_.Add(&dma, false);
  const std::array<uint8_t, 6> bytes = {1, 2, 3, 4, 5, 6};
  bus_.Write(Gpa(ToyMachine::kRamSize - 4), bytes);
  EXPECT_EQ(dma.Take(), "D 1fffc+4=4030201 in ram\nD 20000+2=605 in nothing\n");
  bus_.Map(Gpa(0x2000), 0x100, true);
  EXPECT_EQ(dma.Take(), "D 2000+256=? in ram\n");
  bus_.Map(Gpa(0x2000), 0x100, false, {.debug = true});
  bus_.Load(Gpa(0x2000), 4, {.debug = true});
  bus_.Store(Gpa(0x2000), 4, 0, {.debug = true});
  EXPECT_EQ(dma.Take(), "") << "the emulator's own";
}

// Who answered is known, though the access took it away.
TEST_P(WatchHubTest, AccessesThatChangeTheMap) {
  m_.Put(0x1000, {Store(5, 6, 16), Sys(0)});
  const memory::RegionPtr io = *std::find_if(m_.root->children().begin(), m_.root->children().end(),
                                             [](const memory::RegionPtr& r) { return r->name() == "io"; });
  m_.device.on_access = [&](memory::RegionOffset) { io->SetEnabled(false); };
  Notes notes(translate::kWriteTypes | translate::kDmaTypes);
  hub_.Add(&notes, false);
  m_.RunFrom(0x1000, 100);
  const std::string place = absl::StrFormat("%x", ToyMachine::kIo + 16);
  EXPECT_EQ(notes.Take(), absl::StrCat("w ", place, "+8=0 in io\n"));
  io->SetEnabled(true);
  bus_.Store(Gpa(ToyMachine::kIo + 16), 4, 5, {.dma = true});
  EXPECT_EQ(notes.Take(), absl::StrCat("D ", place, "+4=5 in io\n"));
}

INSTANTIATE_TEST_SUITE_P(Backends, WatchHubTest, testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::debug
