// Runs the built emu on small guest programs, as a user would.
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kHello[] = "testdata/riscv64/hello.elf";

std::string Program(const std::string& name) { return "boards/riscv/testdata/" + name + ".elf"; }
std::string Temp(const std::string& name) { return std::string(getenv("TEST_TMPDIR")) + "/" + name; }

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Outcome {
  int status = -1;
  std::string out, err;
};

// Runs `command` by the shell.
Outcome Shell(const std::string& command) {
  Outcome o;
  FILE* const pipe = popen((command + " 2>" + Temp("stderr")).c_str(), "r");
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) o.out += static_cast<char>(c);
  const int status = pclose(pipe);
  o.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  o.err = ReadAll(Temp("stderr"));
  return o;
}
Outcome Emu(const std::string& flags, const std::string& input = "/dev/null") {
  return Shell("cli/emu " + flags + " <" + input);
}
std::string Bare(const std::string& program) { return "-M riscv-virt -bios none -kernel " + program; }

class EveryBackend : public ::testing::TestWithParam<const char*> {
 protected:
  Outcome Run(const std::string& flags) { return Emu(std::string("-accel ") + GetParam() + " " + flags); }
};
INSTANTIATE_TEST_SUITE_P(Emu, EveryBackend, ::testing::Values("jit", "interp"));

TEST_P(EveryBackend, HelloThroughTheSerialPort) {
  const Outcome o = Run(Bare(kHello));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.out, "Hello from riscv64\n");
  EXPECT_EQ(o.err, "");
}

TEST_P(EveryBackend, ExitCodes) {
  EXPECT_EQ(Run(Bare("testdata/riscv64/exit_code.elf")).status, 42);
  EXPECT_EQ(Run("-M spike -bios none -kernel testdata/riscv64/exit_code.elf").status, 42);
  EXPECT_EQ(Run(Bare(Program("finisher"))).status, 7);
}

TEST_P(EveryBackend, OwnSbiServesTheKernel) {
  const Outcome o = Run("-M virt -kernel " + Program("sbi"));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.out, "by SBI");
}

TEST_P(EveryBackend, LimitIsExact) {
  for (const int limit : {1, 2, 63, 64, 65, 1000}) {
    const Outcome o = Run(Bare(kHello) + " -print-state-hash -serial null -icount-limit " + std::to_string(limit));
    if (limit == 1000) {
      EXPECT_EQ(o.status, 0);
      continue;
    }
    EXPECT_EQ(o.status, 124);
    EXPECT_THAT(o.err, HasSubstr("instruction limit reached: " + std::to_string(limit) + " instructions, pc 0x"));
    EXPECT_THAT(o.err, HasSubstr("instructions=" + std::to_string(limit) + " "));
  }
}

TEST(Emu, DeterministicRunsAgree) {
  for (const std::string& program :
       {std::string(kHello), Program("timer"), std::string("testdata/riscv64/exit_code.elf")}) {
    const std::string flags = Bare(program) + " -deterministic -print-state-hash -accel ";
    const Outcome jit = Emu(flags + "jit");
    EXPECT_THAT(jit.err, MatchesRegex("emu: instructions=[0-9]+ ram=[0-9a-f]{16} cpu=[0-9a-f]{16}\n"));
    EXPECT_EQ(jit.err, Emu(flags + "jit").err) << program;
    EXPECT_EQ(jit.err, Emu(flags + "interp").err) << program;
  }
}

// Whatever -jit-opt leaves out, and however little room translated code has. Only the length of blocks is seen: a
// device ends the run after the block that reached it.
TEST(Emu, SpeedIsNotSeen) {
  const std::string flags = Bare("testdata/riscv64/exit_code.elf") + " -deterministic -print-state-hash ";
  const std::string wanted = Emu(flags).err;
  EXPECT_THAT(wanted, HasSubstr("instructions="));
  for (const char* more : {"-jit-opt none,long-blocks", "-jit-opt no-chain,no-fold,no-pin", "-jit-cache 256K"}) {
    EXPECT_EQ(Emu(flags + more).err, wanted) << more;
  }
}

// Ten times 100 ms are waited for, and skipped where time is counted.
TEST(Emu, IdleTimeIsSkippedWhenDeterministic) {
  const Outcome o = Emu(Bare(Program("timer")) + " -deterministic -print-state-hash");
  EXPECT_EQ(o.status, 0);
  const size_t at = o.err.find('=') + 1;
  EXPECT_LT(std::stoull(o.err.substr(at)), 1000u);
}

TEST(Emu, WaitingForEverIsReported) {
  const Outcome o = Emu(Bare(Program("wait")) + " -deterministic");
  EXPECT_EQ(o.status, 125);
  EXPECT_THAT(o.err, HasSubstr("the guest waits for an interrupt"));
}

TEST(Emu, InputReachesTheGuest) {
  std::ofstream(Temp("input")) << "HAL\nq";
  for (const char* extra : {"", " -deterministic", " -serial stdio -display none"}) {
    const Outcome o = Emu(Bare(Program("echo")) + extra, Temp("input"));
    EXPECT_EQ(o.status, 0);
    EXPECT_EQ(o.out, "IBM\v");
  }
}

TEST(Emu, CtrlAQuits) {
  std::ofstream(Temp("input")) << "A\x01x";
  const Outcome o = Emu(Bare(Program("echo")) + " -nographic", Temp("input"));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.err, "emu: Terminated\n");
}

TEST(Emu, ClosedStandardInput) {
  const Outcome o = Shell("cli/emu " + Bare(kHello) + " <&-");
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.out, "Hello from riscv64\n");
}

TEST(Emu, SignalsEndTheRunInGoodOrder) {
  const Outcome o = Shell("timeout -s TERM 1 cli/emu " + Bare(Program("wait")) + " -print-state-hash </dev/null");
  EXPECT_EQ(o.status, 124);  // timeout's own
  EXPECT_THAT(o.err, HasSubstr("instructions="));
}

TEST(Emu, SerialToAFile) {
  EXPECT_EQ(Emu(Bare(kHello) + " -serial file:" + Temp("serial")).out, "");
  EXPECT_EQ(ReadAll(Temp("serial")), "Hello from riscv64\n");
  EXPECT_EQ(Emu(Bare(kHello) + " -chardev file,id=c,path=" + Temp("other") + " -serial chardev:c").status, 0);
  EXPECT_EQ(ReadAll(Temp("other")), "Hello from riscv64\n");
}

TEST(Emu, ResetsAndNoReboot) {
  EXPECT_EQ(Emu(Bare(Program("reboot"))).status, 0);
  const std::string flags = Bare(Program("reboot")) + " -deterministic -print-state-hash";
  EXPECT_NE(Emu(flags).err, Emu(flags + " -no-reboot").err);
}

TEST(Emu, Signature) {
  const std::string path = Temp("signature");
  EXPECT_EQ(Emu("-M spike,signature=" + path + " -bios none -kernel " + Program("signature")).status, 0);
  EXPECT_EQ(ReadAll(path), "deadbeef\n11223344\n00000001\n80000000\n");
  EXPECT_EQ(
      Emu("-M spike,signature-granularity=8,signature=" + path + " -bios none -kernel " + Program("signature")).status,
      0);
  EXPECT_EQ(ReadAll(path), "11223344deadbeef\n8000000000000001\n");
}

TEST(Emu, UnmodelledAccessesAreLogged) {
  const Outcome plain = Emu(Bare(Program("hole")));
  const Outcome logged = Emu(Bare(Program("hole")) + " -d unimp,guest_errors");
  EXPECT_EQ(plain.status, 5);  // load access fault
  EXPECT_EQ(plain.err, "");
  EXPECT_EQ(logged.status, 5);
  EXPECT_THAT(logged.err, HasSubstr("guest error: read of 8 bytes at 0x60000000000"));
}

TEST(Emu, Listings) {
  const std::string path = Temp("log");
  const Outcome o = Emu(Bare(Program("hole")) + " -d in_asm,op,op_opt,out_asm,int,exec -D " + path);
  EXPECT_EQ(o.status, 5);
  EXPECT_EQ(o.err, "");
  EXPECT_THAT(ReadAll(path),
              AllOf(HasSubstr("auipc"), HasSubstr("block 0x1000"), HasSubstr("host code of 0x1000"),
                    HasSubstr("exception 5 (load access fault): pc 0x8000"), HasSubstr("exec 0x1000 insns=6")));
}

TEST(Emu, ListingsOfSomeAddresses) {
  const Outcome o = Emu(Bare(kHello) + " -d exec,in_asm,out_asm -dfilter 0x80000000+4 -symbols " + kHello);
  EXPECT_EQ(o.status, 0);
  EXPECT_THAT(o.err, AllOf(testing::StartsWith("guest and host code of 0x80000000 <_start>:\n"),
                           HasSubstr("\nexec 0x80000000 insns=5 <_start>\n"), Not(HasSubstr("0x80000024:"))));
}

TEST(Emu, NumberOfTheProcessInTheLogsName) {
  const Outcome o = Shell("cli/emu " + Bare(kHello) + " -d exec -D " + Temp("log.%d") + " </dev/null >/dev/null & " +
                          "wait $!; cat " + Temp("log.$!"));
  EXPECT_THAT(o.out, testing::StartsWith("exec 0x1000 insns=6\n"));
}

TEST(Emu, PerfMapNamesBlocks) {
  const Outcome o = Shell("cli/emu " + Bare(kHello) + " -perfmap -symbols " + kHello +
                          " </dev/null >/dev/null & wait $!; cat /tmp/perf-$!.map; rm /tmp/perf-$!.map");
  EXPECT_THAT(o.out, AllOf(HasSubstr(" guest 0x80000000 _start\n"), HasSubstr(" emu exit_jump\n")));
}

TEST(Emu, DeviceTreeIsWritten) {
  const std::string path = Temp("tree");
  const Outcome o = Emu("-M virt,dumpdtb=" + path + " -m 512M -append 'a b,c'");
  EXPECT_EQ(o.status, 0);
  EXPECT_THAT(ReadAll(path), AllOf(HasSubstr("riscv-virtio"), HasSubstr("a b,c")));
  // And serves as the user's own.
  EXPECT_EQ(Emu("-M virt -kernel " + Program("sbi") + " -dtb " + path).out, "by SBI");
}

TEST(Emu, UnderTheOtherName) {
  const std::string link = Temp("qemu-system-riscv64");
  ASSERT_EQ(Shell("ln -sf \"$PWD/cli/emu\" " + link).status, 0);
  EXPECT_EQ(Shell(link + " -M virt -bios none -kernel " + std::string(kHello) + " </dev/null").out,
            "Hello from riscv64\n");
  EXPECT_EQ(Shell(link + " -bios none -kernel testdata/riscv64/exit_code.elf </dev/null").status, 42);
  EXPECT_THAT(Shell(link + " -M help").out, HasSubstr("(default)"));
  EXPECT_THAT(Shell(link + " -M nosuch").err, testing::StartsWith("qemu-system-riscv64: "));
}

TEST(Emu, FlagsThatScriptsPass) {
  const Outcome o =
      Emu("-machine virt,acpi=off,usb=off -cpu rv64,h=false,zba=on -smp 1 -m size=128M -display none -vga none "
          "-nodefaults -net none -nic none -monitor none -accel tcg,thread=single -no-reboot -no-shutdown "
          "-name test --serial mon:stdio -object rng-random,id=r,filename=/dev/urandom "
          "-device virtio-rng-device,rng=r -chardev null,id=c -device virtio-serial-device "
          "-device virtconsole,chardev=c -rtc base=utc -bios none -kernel " +
          std::string(kHello));
  EXPECT_EQ(o.err, "");
  EXPECT_EQ(o.out, "Hello from riscv64\n");
}

struct BadCase {
  const char* flags;
  const char* says;
};

TEST(Emu, BadFlagsAndFiles) {
  std::ofstream(Temp("elf")) << "\x7f"
                                "ELF nonsense that goes on for longer than any header would need to";
  std::ofstream(Temp("gz")) << "\x1f\x8b\x08 and then nothing";
  std::ofstream(Temp("dtb")) << "no tree";
  std::ofstream(Temp("empty"));
  const std::string bad_elf = "-M virt -bios none -kernel " + Temp("elf"), bad_gz = "-M virt -kernel " + Temp("gz");
  const std::string bad_dtb = "-M virt -kernel " + std::string(kHello) + " -dtb " + Temp("dtb");
  const std::string empty = "-M virt -kernel " + Temp("empty");
  const BadCase cases[] = {
      {"-frobnicate", "unknown flag \"-frobnicate\""},
      {"-M", "-M needs an argument"},
      {"stray", "\"stray\" is no flag"},
      {"", "no machine was named"},
      {"-M toaster", "\"toaster\": unknown board; known are riscv-virt, virt, spike"},
      {"-M virt,colour=red -kernel x", "option \"colour=red\""},
      {"-M spike,colour=red -kernel x", "unknown option \"colour\""},
      {"-M virt -cpu z80", "-cpu \"z80\""},
      {"-M virt -cpu rv64,zzz=on", "unknown RISC-V extension 'zzz'"},
      {"-M virt -m 12Q", "-m \"12Q\" is no size"},
      {"-M virt -m 1K", "-m \"1K\": expected 1M to 1T"},
      {"-M virt -smp 4", "-smp \"4\": expected 1"},
      {"-M virt", "there is nothing to run"},
      {"-M virt -kernel /nonexistent/kernel", "cannot open \"/nonexistent/kernel\": No such file"},
      {"-M virt -kernel /", "cannot read \"/\""},
      {bad_elf.c_str(), "malformed ELF file"},
      {bad_gz.c_str(), "gzip data"},
      {bad_dtb.c_str(), "malformed device tree"},
      {empty.c_str(), "is empty"},
      {"-M virt -bios none -kernel cli/emu", "is an ELF file for another CPU"},
      {"-M virt -m 1M -kernel testdata/riscv64/hello.elf -initrd cli/emu", "does not fit into RAM"},
      {"-M virt -serial tin", "-serial \"tin\""},
      {"-M virt -serial chardev:x -kernel y", "chardev \"x\" does not exist"},
      {"-M virt -device floppy -kernel y", "-device \"floppy\": unknown device"},
      {"-M virt -device virtconsole,chardev=x -kernel y", "needs a -device virtio-serial-device"},
      {"-M spike -device virtio-rng-device -kernel y", "no place for devices"},
      {"-M virt -accel kvm", "-accel \"kvm\": expected jit"},
      {"-M virt -display gtk", "-display \"gtk\": expected none"},
      {"-M virt -monitor x", "-monitor \"x\": expected stdio, none"},
      {"-M virt -qmp mon:stdio", "-qmp \"mon:stdio\": expected stdio"},
      {"-M virt -kernel testdata/riscv64/hello.elf -monitor stdio -qmp stdio", "can serve one -serial, -monitor, -qmp"},
      {"-M virt -kernel testdata/riscv64/hello.elf -mon m", "chardev \"m\" does not exist"},
      {"-M virt -kernel testdata/riscv64/hello.elf -qmp unix:/nonexistent/s", "monitor: cannot listen on socket"},
      {"-M virt -mon mode=control", "-mon \"mode=control\": chardev=ID is missing"},
      {"-M virt -mon chardev=m,mode=x", "expected chardev=ID, mode=readline|control"},
      {"-M virt -gdb tcp", "-gdb \"tcp\": expected tcp:[HOST]:PORT, unix:PATH"},
      {"-M virt -gdb file:/tmp/x", "expected tcp:[HOST]:PORT, unix:PATH"},
      {"-M virt -d everything", "unknown item \"everything\""},
      {"-M virt -d int -D /nonexistent/log", "cannot create it"},
      {"-M virt -dfilter 0x1000", "-dfilter \"0x1000\": expected START+SIZE"},
      {"-M virt -rtc base=yesterday", "-rtc \"yesterday\": expected utc"},
      {"-M virt -icount-limit many", "-icount-limit \"many\": expected a number"},
  };
  for (const BadCase& c : cases) {
    const Outcome o = Emu(c.flags);
    EXPECT_EQ(o.status, 1) << c.flags;
    EXPECT_THAT(o.err, HasSubstr(c.says)) << c.flags;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << c.flags << ": " << o.err;
  }
}

TEST(Emu, Helps) {
  EXPECT_THAT(Emu("-help").out, AllOf(HasSubstr("-icount-limit N"), HasSubstr("Exit status")));
  EXPECT_THAT(Emu("--version").out, HasSubstr("emu version"));
  EXPECT_THAT(Emu("-M help").out, AllOf(HasSubstr("riscv-virt "), HasSubstr("spike ")));
  EXPECT_THAT(Emu("-M virt -cpu help").out, AllOf(HasSubstr("rv64"), HasSubstr("zba")));
  EXPECT_THAT(Emu("-M virt -device help").out, HasSubstr("virtio-rng-device"));
  EXPECT_THAT(Emu("-d help").out, HasSubstr("guest_errors"));
}

}  // namespace
}  // namespace emu::cli
