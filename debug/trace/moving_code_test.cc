// A trace of the instructions at a guest-physical place, when it is only later that they are there.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "absl/strings/str_cat.h"
#include "debug/trace/session.h"
#include "gtest/gtest.h"
#include "translate/engine/testing/toy_machine.h"

namespace emu::debug {
namespace {

using memory::Region;
using memory::RegionOffset;
using namespace translate::testing;  // NOLINT(build/namespaces): its instructions

constexpr uint64_t kCode = 0x1000, kAlias = 0x700000, kGva = 0x5000;

class MovingCodeTest : public testing::TestWithParam<BackendKind> {
 protected:
  MovingCodeTest() {
    m_.system.on_sys = [this](int n) {
      if (n == 0) m_.engine.RequestStop();
    };
    m_.Put(kCode, {AddI(1, 0, 7), AddI(2, 1, 1), Sys(0)});
    const auto id = session_.Start(absl::StrCat("mem,kind=x,gpa=", kAlias, "+0x1000,format=json,file=", path_));
    EXPECT_TRUE(id.ok()) << id.status();
  }
  void RunAt(uint64_t gpa, uint64_t space) {
    pages_[space][kGva] = {.gpa = gpa};
    m_.UsePages(&pages_[space], space);
    m_.RunFrom(kGva, 100);
  }
  std::string Text() {
    EXPECT_TRUE(session_.StopAll().ok());
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string path_ = absl::StrCat(getenv("TEST_TMPDIR"), "/moving");
  ToyMachine m_{GetParam()};
  std::map<uint64_t, ToySystem::PageTable> pages_;
  memory::AddressSpace bus_{"bus", m_.root};
  WatchHub hub_{m_.cpu, bus_};
  SymbolTable symbols_;
  TraceSession session_{m_.cpu, hub_, symbols_};
};

TEST_P(MovingCodeTest, IsTracedWhereItIsNow) {
  RunAt(kCode, 1);
  const auto alias = Region::Alias("alias", m_.ram_region, RegionOffset(kCode), memory::Size(0x1000));
  ASSERT_TRUE(m_.root->Map(alias, RegionOffset(kAlias)).ok());
  RunAt(kAlias, 2);
  RunAt(kCode, 1);
  const std::string text = Text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  for (const char* gpa : {"0x700000", "0x700004", "0x700008"}) {
    EXPECT_NE(text.find(absl::StrCat("\"gpa\":\"", gpa)), std::string::npos) << text;
  }
}

TEST_P(MovingCodeTest, IsTracedNoMoreWhenItIsGone) {
  const auto alias = Region::Alias("alias", m_.ram_region, RegionOffset(kCode), memory::Size(0x1000));
  ASSERT_TRUE(m_.root->Map(alias, RegionOffset(kAlias)).ok());
  RunAt(kAlias, 1);
  ASSERT_TRUE(m_.root->Unmap(alias).ok());
  RunAt(kCode, 2);
  const std::string text = Text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

INSTANTIATE_TEST_SUITE_P(Backends, MovingCodeTest, testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::debug
