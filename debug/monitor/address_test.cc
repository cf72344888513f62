// What the monitor says of addresses and of what is there.
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "debug/monitor/test_monitor.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

// Where mapped.S sees its first page; the other one is behind it and lies elsewhere.
constexpr char kWindow[] = "0x40001000";

class AddressTest : public MonitorTest {
 protected:
  std::string FileText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::string Temporary(const char* name) { return ::testing::TempDir() + "/" + name; }
};

TEST_F(AddressTest, Translates) {
  Play({[&] {
          EXPECT_EQ(Do("gva2gpa 0x40001010"), "gpa: 0x40001010\n");  // no page tables yet
          EXPECT_EQ(Do("info mem"), "No translation or protection\n");
          RunTo("device");
        },
        [&] {
          EXPECT_EQ(Do("gva2gpa 0x40001010"),
                    absl::StrCat("gpa: 0x", absl::Hex(symbols_.FindByName("first")->address + 16), "\n"));
          EXPECT_EQ(*Json("gva2gpa 0x40002000").getString("gpa"), At("second"));
          EXPECT_EQ(Do("gva2gpa 0x40005000"), "gva 0x40005000 is not mapped: page fault, exception 13: not valid\n");
          EXPECT_THAT(Do("gva2gpa"), HasSubstr("unexpected end; expected a number"));
          EXPECT_THAT(Do("gva2gpa 1 2"), HasSubstr("before \"2\""));
          EXPECT_THAT(Do("info mem"), AllOf(StartsWith("riscv-sv39, root "), HasSubstr("\n0000000040001000-"),
                                            HasSubstr("mapped: 2G by pages of 1G, 8K by pages of 4K\n")));
          EXPECT_TRUE(*Json("info mem").getBoolean("complete"));
        }});
}

TEST_F(AddressTest, HostAddresses) {
  Play({[&] {
    const std::string answer = Do("gpa2hva 0x80000010");
    const auto* const host = machine_->memory().Find(memory::Gpa(0x80000010))->HostAt(memory::Gpa(0x80000010));
    EXPECT_EQ(answer, absl::StrCat("Host virtual address for 0x80000010 (riscv_virt_board.ram) is 0x",
                                   absl::Hex(reinterpret_cast<uint64_t>(host)), "\n"));
    EXPECT_EQ(Do("gpa2hva 0x10000000"), "Memory at address 0x10000000 is not RAM but serial\n");
    EXPECT_EQ(Do("gpa2hva 5"), "No memory is mapped at address 0x5\n");
    EXPECT_THAT(Do("gpa2hpa 0x80000010"),
                AnyOf(MatchesRegex("Host physical address for 0x80000010 .* is 0x[0-9a-f]+010\n"),
                      HasSubstr("CAP_SYS_ADMIN"), HasSubstr("pagemap")));
    EXPECT_THAT(Do("gpa2hpa 0x81000000"), AnyOf(HasSubstr("is not in the host's memory now"), HasSubstr("pagemap")));
  }});
}

TEST_F(AddressTest, Dumps) {
  Play({[&] { RunTo("device"); },
        [&] {
          EXPECT_EQ(Do("x/2xg 0x40001010"), "0000000040001010: 0x22446688aaccef10 0x0000000000000000\n");
          EXPECT_EQ(Do("x/xg 0x40001ffc"), "0000000040001ffc: 0x1122334455667788\n");  // over both pages
          EXPECT_EQ(Do("xp/2xw second-4"), absl::StrCat("0000000080003ffc: 0x00000000 0x11223344\n"));
          EXPECT_EQ(Do("xp /4xb second"), "0000000080004000: 0x44 0x33 0x22 0x11\n");
          EXPECT_EQ(Do("xp/2 second"), "0000000080004000: 0x44 0x33\n");  // the last format
          EXPECT_EQ(Do("x/2cb 0x40002000"), "0000000040002000: 'D' '3'\n");
          EXPECT_EQ(Do("x/s 0x40002000"), "0000000040002000: \"D3\\\"\\x11\"\n");
          EXPECT_EQ(Do("p/d 0-1"), "-1\n");
          EXPECT_EQ(Do("print/x *(0x40001010)"), "0x22446688aaccef10\n");
          const llvm::json::Object json = Json("x/2xw 0x40001010");
          EXPECT_EQ(*(*json.getArray("values"))[1].getAsString(), "0x22446688");
          EXPECT_EQ(Do("x/4xw 0x40000ffc"), "gva 0x40000ffc is not mapped: page fault, exception 13: not valid\n");
          EXPECT_THAT(Do("x/xg *0x40005000"), HasSubstr("gva 0x40005000 is not mapped"));
          EXPECT_EQ(Do("xp/4xw 0x90000000"), "no memory is mapped in all of the 16 bytes at gpa 0x90000000\n");
          EXPECT_THAT(Do("x/4zz 0"), HasSubstr("unknown letter \"z\""));
          EXPECT_THAT(Do("x/99999999xg 0x80000000"), HasSubstr("at most 16 MiB at once"));
          EXPECT_EQ(Do("x/0xb 0"), "");
          EXPECT_EQ(Do("xp/2xw 0xfffffffffffffffc"),
                    "no memory is mapped in all of the 8 bytes at gpa 0xfffffffffffffffc\n");
        }});
}

TEST_F(AddressTest, Disassembles) {
  Play({[&] { RunTo("store"); },
        [&] {
          const std::string text = Do("x/3i $pc");
          EXPECT_THAT(
              text, ContainsRegex("sd a1, 0x10\\(a0\\)  <store>\n.*lw a2, 0x14\\(a0\\)  <load>\n.*addi a3, a0, 0x10"));
          const llvm::json::Object json = Json("x/1i atomic");
          EXPECT_EQ(*(*json.getArray("instructions"))[0].getAsObject()->getString("text"), "amoadd.d a4, a1, (a3)");
          EXPECT_THAT(Do("x/i 0x40005000"), HasSubstr("is not mapped"));
          EXPECT_THAT(Do("xp/i 0x1000"), HasSubstr("auipc t0, 0x0"));
        }});
}

TEST_F(AddressTest, SavesMemory) {
  const std::string path = Temporary("saved");
  Play({[&] { RunTo("device"); },
        [&] {
          EXPECT_EQ(Do(absl::StrCat("memsave 0x40001ffc 8 \"", path, "\"")), "");
          EXPECT_EQ(FileText(path), "\x88\x77\x66\x55\x44\x33\x22\x11");
          EXPECT_EQ(Do(absl::StrCat("pmemsave second 4 ", path)), "");
          EXPECT_EQ(FileText(path), "\x44\x33\x22\x11");
          EXPECT_THAT(Do("memsave 0 1 /nonexistent/x"), HasSubstr("cannot create file \"/nonexistent/x\": No such"));
          EXPECT_THAT(Do(absl::StrCat("memsave 0x40002ff8 16 ", path)),
                      AllOf(HasSubstr("is not complete"), HasSubstr("gva 0x40003000 is not mapped")));
          EXPECT_THAT(Do("memsave 0 4"), HasSubstr("expected 3 words, got 2"));
        }});
  unlink(path.c_str());
}

TEST_F(AddressTest, Explains) {
  const std::string path = Temporary("trace");
  Play({[&] { RunTo("store"); },
        [&] {
          EXPECT_EQ(Do(absl::StrCat("trace mem,kind=w,file=", path)),
                    absl::StrCat("trace 1: mem,kind=w,file=", path, "\n"));
          RunTo("load");
        },
        [&] {
          const std::string text = Do("explain 0x40001010");
          EXPECT_THAT(text, HasSubstr("gva 0x40001010: read\nlevel 2 [   1] "));
          EXPECT_THAT(text, HasSubstr("leaf: maps the page\ngpa 0x80005010: 4K page at 0x80005000, rw-"));
          EXPECT_THAT(text, HasSubstr("soft TLB: "));
          EXPECT_THAT(text, HasSubstr("physical protection, supervisor mode: read, write, execute allowed\n"));
          EXPECT_THAT(text, HasSubstr("      riscv_virt_board.ram +0x5010 (ram, prio 0)\n"));
          EXPECT_THAT(text, ContainsRegex("memory: \"riscv_virt_board.ram\" \\+0x5010, host address 0x[0-9a-f]+010"));
          EXPECT_THAT(text, HasSubstr("bytes there now: 8877665544332211 "));
          EXPECT_THAT(text, ContainsRegex("last writer: pc 0x800000fa \\(store\\) at instruction [0-9]+, "
                                          "write of 8 bytes, value 0x1122334455667788"));
          const llvm::json::Object json = Json("explain 0x40001010");
          EXPECT_EQ(*json.getString("gpa"), "0x80005010");
          EXPECT_EQ(*json.getObject("last_writer")->getString("symbol"), "store");
          EXPECT_EQ(*json.getString("bytes"), "8877665544332211");
          EXPECT_THAT(Do("explain 0x40005000"), AllOf(HasSubstr("fault: not valid"), Not(HasSubstr("address space"))));
          EXPECT_THAT(Do("explain 0x10000005"), AllOf(HasSubstr("io \"serial\" +0x5"), HasSubstr("register: LSR")));
          EXPECT_THAT(Do("explain gpa:5"), HasSubstr("nothing answers"));
          EXPECT_THAT(Do("explain gpa:first"), Not(HasSubstr("level")));
          EXPECT_EQ(Do("untrace 1"), "");
          EXPECT_EQ(Do("trace"), "no trace is on\n");
        }});
  unlink(path.c_str());
}

// Code that runs for the first time is translated too.
class TranslatedTest : public MonitorTest {
 protected:
  TranslatedTest() : MonitorTest("virt", boards::Accel::kJit, Options()) {}
  static translate::JitOptions Options() {
    translate::JitOptions jit;
    jit.interpret = false;
    return jit;
  }
};

TEST_F(TranslatedTest, Tlb) {
  Play({[&] {
          EXPECT_THAT(Do("watch 0x40001010 8 w"), HasSubstr("watch 1: gva 0x40001010-0x40001017 w"));
          RunTo("store");
        },
        [&] {
          Do("unwatch 2");
          Do("step 3");
        },
        [&] {
          const std::string text = Do("info tlb");
          const std::string page = absl::StrCat("0000000040001000  0000000080005000  ");
          EXPECT_THAT(text, ContainsRegex(absl::StrCat("\n", page, "[0-9a-f]{16}  rw-   watched\n")));
          const auto* range = machine_->memory().Find(memory::Gpa(0x80005000));
          const auto host = reinterpret_cast<uint64_t>(range->HostAt(memory::Gpa(0x80005000)));
          EXPECT_THAT(text, HasSubstr(absl::StrCat(page, absl::Hex(host, absl::kZeroPad16))));
          EXPECT_THAT(text, ContainsRegex("\n0000000080000000  0000000080000000  [0-9a-f]{16}  --x   code\n"));
          EXPECT_GE(Json("info tlb").getArray("entries")->size(), 2u);
          EXPECT_THAT(Do(absl::StrCat("explain ", kWindow)),
                      HasSubstr("soft TLB: rw- page 0x40001000 -> gpa 0x80005000"));
        }});
}

}  // namespace
}  // namespace emu::debug
