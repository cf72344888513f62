#include "debug/qmp/qmp_session.h"

#include <random>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using ::testing::HasSubstr;

// A peer that comes and goes, and may be slow to read.
class Peer : public devices::MemoryBackend {
 public:
  void Come() { SendEvent(devices::CharEvent::kOpened); }
  void Go() { SendEvent(devices::CharEvent::kClosed); }
  size_t queued() const override { return queued_; }
  size_t queued_ = 0;
};

class QmpSessionTest : public ::testing::Test {
 protected:
  static constexpr char kGreeting[] = "{\"QMP\":{\"capabilities\":[],\"version\":{\"major\":1}}}\r\n";

  QmpSessionTest() {
    commands_.Add("ping", [this] { return ++pings_, absl::OkStatus(); });
    commands_.Add("fail", [] { return absl::InternalError("no luck\xff"); });
    commands_.Add("echo", {{"text"}}, [](const json::Object& arguments) -> absl::StatusOr<json::Value> {
      return json::Value(*arguments.getString("text"));
    });
  }
  // What the server says to `input`.
  std::string Ask(absl::string_view input) {
    peer_.TakeOutput();
    peer_.Type(input);
    return peer_.TakeOutput();
  }
  void Negotiate() { ASSERT_EQ(Ask("{\"execute\":\"qmp_capabilities\"}"), "{\"return\":{}}\r\n"); }
  std::string Error(absl::string_view kind, absl::string_view text) {
    return "{\"error\":{\"class\":\"" + std::string(kind) + "\",\"desc\":\"" + std::string(text) + "\"}}\r\n";
  }

  Peer peer_;
  QmpCommands commands_;
  int pings_ = 0;
  bool under_way_ = false;
  QmpSession session_{peer_, commands_, {json::Object{{"major", 1}}, false, [this] { return under_way_; }}};
};

TEST_F(QmpSessionTest, GreetsAndNegotiates) {
  EXPECT_EQ(peer_.TakeOutput(), kGreeting);
  EXPECT_EQ(Ask("{\"execute\":\"ping\"}"),
            Error("CommandNotFound", "command \\\"ping\\\" comes after qmp_capabilities"));
  session_.SendEvent(json::Object{{"event", "X"}});
  EXPECT_EQ(peer_.TakeOutput(), "") << "no events before";
  EXPECT_EQ(Ask("{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}"),
            Error("GenericError", "qmp_capabilities: the greeting offers no capabilities to enable"));
  EXPECT_EQ(Ask("{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[]}}"), "{\"return\":{}}\r\n");
  EXPECT_EQ(Ask("{\"execute\":\"qmp_capabilities\"}"),
            Error("CommandNotFound", "capabilities have been negotiated already"));
  session_.SendEvent(json::Object{{"event", "X"}});
  EXPECT_EQ(peer_.TakeOutput(), "{\"event\":\"X\"}\r\n");
  EXPECT_EQ(pings_, 0);
}

TEST_F(QmpSessionTest, AnswersCarryTheId) {
  Negotiate();
  EXPECT_EQ(Ask("{\"execute\":\"ping\",\"id\":7}{'execute':'ping','id':{'a':[null]}}"),
            "{\"id\":7,\"return\":{}}\r\n{\"id\":{\"a\":[null]},\"return\":{}}\r\n");
  EXPECT_EQ(pings_, 2);
  EXPECT_THAT(Ask("{\"execute\":\"nothing\",\"id\":null}"), HasSubstr("\"id\":null"));
  EXPECT_EQ(Ask("{\"execute\":\"echo\",\"arguments\":{\"text\":\"\u00e9\"}}"), "{\"return\":\"\\u00e9\"}\r\n");
}

TEST_F(QmpSessionTest, ErrorsSayWhatIsWrong) {
  Negotiate();
  EXPECT_EQ(Ask("{\"execute\":\"nothing\"}"),
            Error("CommandNotFound", "command \\\"nothing\\\" is unknown; query-commands lists all"));
  EXPECT_EQ(Ask("{\"execute\":\"fail\"}"), Error("GenericError", "fail: no luck\\ufffd"));
  EXPECT_THAT(Ask("{\"execute\":\"ping\",\"arguments\":{\"x\":1}}"), HasSubstr("ping: argument \\\"x\\\" is unknown"));
  EXPECT_THAT(Ask("{\"execute\":\"ping\",\"arguments\":[]}"), HasSubstr("\\\"arguments\\\": expected an object"));
  EXPECT_THAT(Ask("{\"execute\":\"ping\",\"argument\":{}}"), HasSubstr("member \\\"argument\\\" is unknown"));
  EXPECT_THAT(Ask("{\"execute\":3}"), HasSubstr("\\\"execute\\\" (string) is missing"));
  EXPECT_THAT(Ask("{\"exec-oob\":\"ping\",\"id\":1}"),
              HasSubstr("out-of-band execution is not among the capabilities"));
  EXPECT_THAT(Ask("[1]"), HasSubstr("GenericError\",\"desc\":\"a request must be a JSON object"));
  EXPECT_THAT(Ask("{]"), HasSubstr("GenericError\",\"desc\":\"this is no JSON"));
  EXPECT_EQ(pings_, 0);
}

TEST_F(QmpSessionTest, ANewClientBeginsAnew) {
  Negotiate();
  peer_.Type("{\"execute\":");
  peer_.Go();
  session_.SendEvent(json::Object{{"event", "X"}});
  EXPECT_EQ(peer_.TakeOutput(), "");
  peer_.Come();
  EXPECT_EQ(peer_.TakeOutput(), kGreeting);
  EXPECT_THAT(Ask("{\"execute\":\"ping\"}"), HasSubstr("CommandNotFound"));
  Negotiate();
}

TEST_F(QmpSessionTest, WhoDoesNotReadIsNotListenedTo) {
  Negotiate();
  peer_.queued_ = QmpSession::kMaxQueued;
  EXPECT_EQ(Ask("{\"execute\":\"ping\"}"), "");
  session_.SendEvent(json::Object{{"event", "X"}});
  EXPECT_EQ(peer_.TakeOutput(), "");
  peer_.queued_ = 0;
  peer_.AcceptInput();
  EXPECT_EQ(peer_.TakeOutput(), "{\"return\":{}}\r\n");
}

TEST_F(QmpSessionTest, WhatTakesLongerHoldsTheRestBack) {
  commands_.Add("begin", [this] { return under_way_ = true, absl::OkStatus(); });
  Negotiate();
  EXPECT_EQ(Ask("{'execute':'begin','id':1}{'execute':'ping','id':2}"), "");
  EXPECT_EQ(Ask("{'execute':'ping','id':3}"), "");
  session_.Continue();
  EXPECT_EQ(peer_.TakeOutput(), "") << "not yet";
  under_way_ = false;
  session_.Continue();
  EXPECT_EQ(peer_.TakeOutput(), "{\"id\":1,\"return\":{}}\r\n{\"id\":2,\"return\":{}}\r\n{\"id\":3,\"return\":{}}\r\n");
  session_.Continue();
  EXPECT_EQ(peer_.TakeOutput(), "");
}

TEST_F(QmpSessionTest, Pretty) {
  Peer peer;
  QmpSession session(peer, commands_, {json::Object{{"major", 1}}, true});
  EXPECT_EQ(peer.TakeOutput(),
            "{\r\n    \"QMP\": {\r\n        \"capabilities\": [],\r\n        \"version\": {\r\n            \"major\": "
            "1\r\n        }\r\n    }\r\n}\r\n");
}

// Every line of nonsense gets lines of JSON, and the session works on.
TEST_F(QmpSessionTest, Fuzz) {
  Negotiate();
  std::mt19937 random(7);
  const std::string seed = "{\"execute\":\"echo\",\"arguments\":{\"text\":\"abc\"},\"id\":[1,{\"b\":2}]}";
  for (int round = 0; round < 4000; ++round) {
    std::string input = seed;
    for (size_t i = 1 + random() % 4; i > 0; --i) {
      const size_t at = random() % input.size();
      if (random() % 3 == 0) {
        input.insert(at, input.substr(random() % input.size(), random() % 20));
      } else {
        input[at] = static_cast<char>(random() % 2 == 0 ? "{}[]\"',:\\1e"[random() % 11] : random());
      }
    }
    const std::string answer = Ask(input + "\xff");
    ASSERT_THAT(answer, HasSubstr("\r\n")) << input;
    for (size_t from = 0, to; (to = answer.find("\r\n", from)) != std::string::npos; from = to + 2) {
      llvm::Expected<json::Value> value = json::parse(answer.substr(from, to - from));
      ASSERT_TRUE(static_cast<bool>(value)) << answer;
    }
    ASSERT_EQ(Ask("{\"execute\":\"ping\",\"id\":1}"), "{\"id\":1,\"return\":{}}\r\n") << input;
  }
  EXPECT_EQ(pings_, 4000);
}

}  // namespace
}  // namespace emu::debug
