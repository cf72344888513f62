#include "debug/qmp/ascii_json.h"

#include "gtest/gtest.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;

TEST(AsciiJson, OneLineOrSeveral) {
  const json::Value value = json::Object{{"b", json::Array{1, nullptr}}, {"a", "x"}};
  EXPECT_EQ(AsciiJson(value, false), "{\"a\":\"x\",\"b\":[1,null]}\r\n");
  EXPECT_EQ(AsciiJson(value, true),
            "{\r\n    \"a\": \"x\",\r\n    \"b\": [\r\n        1,\r\n        null\r\n    ]\r\n}\r\n");
}

TEST(AsciiJson, CharactersBeyondAsciiAreEscaped) {
  EXPECT_EQ(AsciiJson("\u00fc\u20ac\U0001f600\n", false), "\"\\u00fc\\u20ac\\ud83d\\ude00\\n\"\r\n");
}

}  // namespace
}  // namespace emu::debug
