// The words of a line of a tree's text form.
#ifndef EMU_MEMORY_TREE_WORDS_H_
#define EMU_MEMORY_TREE_WORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::memory {

// "WHAT was expected where GIVEN stands"; an empty `given` is the end of the line.
absl::Status WordExpected(absl::string_view what, absl::string_view given);

struct Word {
  std::string text;
  bool quoted = false;
};

// Words are apart by blanks, or stand in quotes; # begins a comment.
absl::StatusOr<std::vector<Word>> SplitWords(absl::string_view line);

// The words of one line, taken one after the other.
class Words {
 public:
  explicit Words(absl::Span<const Word> words) : left_(words) {}

  bool done() const { return left_.empty(); }
  absl::string_view next() const { return left_.empty() ? "" : absl::string_view(left_[0].text); }
  // A quoted word is never a keyword.
  bool Consume(absl::string_view keyword);
  // `what` is what the error says was expected.
  absl::Status Take(absl::string_view what, std::string* text);
  absl::Status TakeNumber(absl::string_view what, uint64_t* number);

 private:
  absl::Span<const Word> left_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_WORDS_H_
