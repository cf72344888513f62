#include "boards/registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::boards {
namespace {

std::vector<BoardInfo>& Boards() {
  static std::vector<BoardInfo>* boards = new std::vector<BoardInfo>;
  return *boards;
}

bool Answers(const BoardInfo& board, absl::string_view name) {
  return board.name == name || std::find(board.aliases.begin(), board.aliases.end(), name) != board.aliases.end();
}

}  // namespace

BoardRegistration::BoardRegistration(BoardInfo info) { Boards().push_back(std::move(info)); }

std::vector<const BoardInfo*> AllBoards() {
  std::vector<const BoardInfo*> all;
  for (const BoardInfo& board : Boards()) all.push_back(&board);
  std::sort(all.begin(), all.end(), [](const BoardInfo* a, const BoardInfo* b) { return a->name < b->name; });
  return all;
}

absl::StatusOr<const BoardInfo*> FindBoard(absl::string_view name) {
  std::string known;
  for (const BoardInfo* board : AllBoards()) {
    if (Answers(*board, name)) return board;
    absl::StrAppend(&known, known.empty() ? "" : ", ", board->name);
    for (const std::string& alias : board->aliases) absl::StrAppend(&known, ", ", alias);
  }
  return absl::NotFoundError(absl::StrCat("-M \"", name, "\": unknown board; known are ", known));
}

const BoardInfo* DefaultBoard(absl::string_view family) {
  for (const BoardInfo* board : AllBoards()) {
    if (board->family == family && board->family_default) return board;
  }
  return nullptr;
}

std::string BoardHelp(absl::string_view family) {
  std::string text = "Supported machines are:\n";
  for (const BoardInfo* board : AllBoards()) {
    if (!family.empty() && board->family != family) continue;
    const bool is_default = !family.empty() && board->family_default;
    absl::StrAppendFormat(&text, "%-20s %s%s\n", board->name, board->description, is_default ? " (default)" : "");
    for (const std::string& alias : board->aliases) {
      absl::StrAppendFormat(&text, "%-20s %s (alias of %s)\n", alias, board->description, board->name);
    }
  }
  return text;
}

}  // namespace emu::boards
