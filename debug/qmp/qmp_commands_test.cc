#include "debug/qmp/qmp_commands.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using ::testing::HasSubstr;
using Type = QmpArgument::Type;

class QmpCommandsTest : public ::testing::Test {
 protected:
  QmpCommandsTest() {
    commands_.Add("poke",
                  {{"where", Type::kAddress}, {"name"}, {"n", Type::kInt, false}, {"list", Type::kArray, false}},
                  [](const json::Object&) { return json::Value(1); });
    commands_.AddQuery("query-x", [] { return json::Value("x"); });
  }
  std::string Check(const char* command, json::Object arguments) {
    return std::string(QmpCommands::CheckArguments(*commands_.Find(command), arguments).message());
  }
  QmpCommands commands_;
};

TEST_F(QmpCommandsTest, AreFoundAndListed) {
  EXPECT_EQ(commands_.Find("peek"), nullptr);
  EXPECT_EQ(*commands_.Find("query-x")->run(json::Object()), json::Value("x"));
  const json::Value list = *commands_.Find("query-commands")->run(json::Object());
  EXPECT_EQ(list,
            json::Value(json::Array{json::Object{{"name", "poke"}}, json::Object{{"name", "qmp_capabilities"}},
                                    json::Object{{"name", "query-commands"}}, json::Object{{"name", "query-x"}}}));
}

TEST_F(QmpCommandsTest, ArgumentsAreChecked) {
  EXPECT_EQ(Check("poke", json::Object{{"where", uint64_t{1} << 63}, {"name", "a"}}), "");
  EXPECT_EQ(Check("poke", json::Object{{"where", -1}, {"name", "a"}, {"n", 3}, {"list", json::Array()}}), "");
  EXPECT_EQ(Check("poke", json::Object{{"where", 1}}), "argument \"name\" (string) is missing");
  EXPECT_EQ(Check("poke", json::Object{{"where", 1}, {"name", 2}}),
            "argument \"name\": expected a value of type string");
  EXPECT_EQ(Check("poke", json::Object{{"where", "1"}, {"name", "a"}}),
            "argument \"where\": expected a value of type 64-bit integer");
  EXPECT_THAT(Check("poke", json::Object{{"where", 1}, {"name", "a"}, {"n", 1.5}}), HasSubstr("\"n\": expected"));
  EXPECT_THAT(Check("poke", json::Object{{"where", 1}, {"name", "a"}, {"list", 1}}), HasSubstr("type array"));
  EXPECT_EQ(Check("poke", json::Object{{"z", 1}}), "argument \"z\" is unknown; known are where, name, n, list");
  EXPECT_EQ(Check("query-x", json::Object{{"z", 1}}), "argument \"z\" is unknown; the command takes none");
}

}  // namespace
}  // namespace emu::debug
