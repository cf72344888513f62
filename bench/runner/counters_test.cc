#include "bench/runner/counters.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Counters, NumbersOfAJsonText) {
  EXPECT_THAT(ParseCounters(R"({"blocks": 12, "backend": "x86_64", "rate":0.5,"n": -3})"),
              ElementsAre(Pair("blocks", 12), Pair("n", -3), Pair("rate", 0.5)));
  EXPECT_THAT(ParseCounters(R"({"return": "{\"blocks\": 7, \"links\":9}\r\n"})"),
              ElementsAre(Pair("blocks", 7), Pair("links", 9)));
  EXPECT_THAT(ParseCounters(R"({"return": {}})"), IsEmpty());
}

TEST(Counters, AnyTextIsTaken) {
  constexpr char kAlphabet[] = "\":{}, 1a\\-.\n";
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (size_t n = random() % 24; n > 0; --n) text += kAlphabet[random() % (sizeof kAlphabet - 1)];
    EXPECT_LE(ParseCounters(text).size(), text.size());
  }
}

TEST(Counters, Differences) {
  EXPECT_THAT(Difference({{"a", 5}, {"b", 2}}, {{"a", 3}, {"c", 1}}), ElementsAre(Pair("a", 2), Pair("b", 2)));
}

// An emulator that answers one client with fixed lines.
class Server {
 public:
  explicit Server(std::vector<std::string> lines) {
    // Relative, because the path of a socket is short (unix(7)) and that of the test's directory may not be.
    EXPECT_EQ(chdir(::testing::TempDir().c_str()), 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    unlink(path_.c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread([this, lines = std::move(lines)] { Serve(lines); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);  // in case nobody came
    thread_.join();
    close(listener_);
  }
  const std::string& path() const { return path_; }
  const std::string& heard() const { return heard_; }

 private:
  // The greeting at once, each other line when something was said.
  void Serve(const std::vector<std::string>& lines) {
    const int fd = accept(listener_, nullptr, nullptr);
    for (const std::string& line : lines) {
      char buffer[512];
      if (&line != &lines[0]) {
        const ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0) break;
        heard_.append(buffer, static_cast<size_t>(n));
      }
      if (write(fd, line.data(), line.size()) < 0) break;
    }
    close(fd);
  }

  const std::string path_ = absl::StrCat("qmp", getpid());
  int listener_ = -1;
  std::thread thread_;
  std::string heard_;
};

TEST(CounterSource, AsksForTheCounters) {
  Server server({"{\"QMP\": {}}\r\n", "{\"return\": {}}\r\n",
                 "{\"event\": \"STOP\"}\r\n{\"return\": \"{\\\"blocks\\\": 5}\"}\r\n"});
  const absl::StatusOr<std::unique_ptr<CounterSource>> source = CounterSource::Connect(server.path());
  ASSERT_TRUE(source.ok()) << source.status();
  const absl::StatusOr<Counters> counters = (*source)->Read();
  ASSERT_TRUE(counters.ok()) << counters.status();
  EXPECT_THAT(*counters, ElementsAre(Pair("blocks", 5)));
  EXPECT_THAT(server.heard(), HasSubstr("json info jit"));
}

TEST(CounterSource, ErrorsSayWhatWasAnswered) {
  Server server({"{\"QMP\": {}}\n", "{\"error\": {\"desc\": \"no\"}}\n"});
  EXPECT_THAT(std::string(CounterSource::Connect(server.path()).status().message()), HasSubstr("\"desc\": \"no\""));
}

TEST(CounterSource, NobodyListens) {
  EXPECT_FALSE(CounterSource::Connect("/no/such/socket").ok());
  EXPECT_THAT(std::string(CounterSource::Connect(std::string(200, 'x')).status().message()), HasSubstr("at most 107"));
}

}  // namespace
}  // namespace emu::bench
