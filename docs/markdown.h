// As much of Markdown as the tests of the pages need.
#ifndef EMU_DOCS_MARKDOWN_H_
#define EMU_DOCS_MARKDOWN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace emu::docs {

// A block between fences: ```INFO.
struct FencedBlock {
  int line = 0;                   // of its opening fence, from 1
  std::vector<std::string> info;  // the words behind the fence
  std::vector<std::string> lines;
};

struct Mention {
  int line = 0;
  std::string text;
};

struct Page {
  std::vector<FencedBlock> blocks;
  std::vector<Mention> links;                   // what [text](link) leads to
  std::vector<Mention> code;                    // what stands between backquotes
  std::vector<std::vector<std::string>> table;  // the cells of all lines that begin with |
};

Page ParsePage(absl::string_view text);

}  // namespace emu::docs

#endif  // EMU_DOCS_MARKDOWN_H_
