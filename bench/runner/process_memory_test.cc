#include "bench/runner/process_memory.h"

#include <unistd.h>

#include "gtest/gtest.h"

namespace emu::bench {
namespace {

constexpr char kSmaps[] =
    "55d0-55d9 r-xp 00000000 08:01 1  /bin/x\nSize:                100 kB\nRss:                  40 kB\nPss: 3 kB\n"
    "7f00-7f99 rw-s 00000000 00:05 2  /memfd:ram\nSize:             262144 kB\nRss:                9000 kB\n"
    "7e00-7e99 rw-p 00000000 00:00 0\nSize:             524288 kB\nRss:                   1 kB\n"
    "7fa0-7fa9 rw-p 00000000 00:00 0\nSize:                300 kB\nRss:                   8 kB\n";

TEST(ProcessMemory, AllButTheMappingWithTheMost) {
  EXPECT_EQ(ResidentBesideLargest(kSmaps), 49u * 1024);
  EXPECT_EQ(ResidentBesideLargest(""), 0u);
  EXPECT_EQ(ResidentBesideLargest("Size:\nRss: x kB\nSize: 1 kB"), 0u);
}

TEST(ProcessMemory, RamOfWhichThereAreSharedPagesIsOne) {
  EXPECT_EQ(ResidentBesideLargest("10-20 rw-p\nRss: 7 kB\n20-30 rw-s /memfd:shared-ram (deleted)\nRss: 8 kB\n"
                                  "30-40 rw-p\nRss: 1 kB\n41-50 rw-p\nRss: 9 kB\n"),
            9u * 1024);
  EXPECT_EQ(ResidentBesideLargest("10-20 rw-p\nRss: 7 kB\n20-30 rw-s /memfd:other\nRss: 8 kB\n"), 7u * 1024);
}

TEST(ProcessMemory, OfThisProcess) {
  EXPECT_GT(ResidentBesideRam(getpid()), 0u);
  EXPECT_EQ(ResidentBesideRam(-1), 0u);
}

}  // namespace
}  // namespace emu::bench
