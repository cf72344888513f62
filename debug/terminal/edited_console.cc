#include "debug/terminal/edited_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// After stdio.h, which it needs.
#include <readline/readline.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

using devices::CharEvent;

EditedConsole* g_console = nullptr;  // the library's callbacks have no argument for it
FILE* g_stream = nullptr;            // what the library takes for its terminal

// What a key does.
struct Key {
  const char* bytes;
  rl_command_func_t* command;
};

std::pair<int, int> TerminalSize() {
  winsize size = {};
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {24, 80};
  return {size.ws_row, size.ws_col};
}

}  // namespace

// "GNU Readline Library", sections "Readline Variables", "Alternate Interface" and "Custom Completers".
struct EditedConsole::Readline {
  static int NextByte(FILE*) {
    std::string& input = g_console->input_;
    if (input.empty()) return EOF;
    const auto byte = static_cast<unsigned char>(input.front());
    input.erase(0, 1);
    return byte;
  }
  static int InputAvailable() { return g_console->input_.empty() ? 0 : 1; }
  static ssize_t Write(void*, const char* bytes, size_t count) {
    g_console->parts_.backend.Write(absl::string_view(bytes, count));
    return static_cast<ssize_t>(count);
  }
  static void OnLine(char* line) {
    g_console->TakeLine(line);
    free(line);
  }
  static int DropLine(int, int) {
    g_console->dropped_ = true;
    return rl_newline(1, '\n');
  }
  static int Ignore(int, int) { return 0; }
  static int Show(const std::optional<std::string>& line) {
    if (!line.has_value()) return rl_ding();
    rl_replace_line(line->c_str(), 1);
    rl_point = rl_end;
    return 0;
  }
  static int Older(int, int) { return Show(g_console->history_.Older(rl_line_buffer)); }
  static int Newer(int, int) { return Show(g_console->history_.Newer()); }
  static int SearchOlder(int, int) { return Show(g_console->history_.Older(rl_line_buffer, BeforeCursor())); }
  static int SearchNewer(int, int) { return Show(g_console->history_.Newer(BeforeCursor())); }
  static std::string BeforeCursor() { return std::string(rl_line_buffer, static_cast<size_t>(rl_point)); }

  static char* NextMatch(const char* word, int state) {
    static size_t next;
    if (state == 0) next = 0;
    while (next < g_console->matches_.size()) {
      const std::string& match = g_console->matches_[next++];
      if (absl::StartsWith(match, word)) return strdup(match.c_str());
    }
    return nullptr;
  }
  static char** Complete(const char* word, int, int end) {
    rl_attempted_completion_over = 1;  // no file names
    const auto& complete = g_console->parts_.complete;
    if (!complete) return nullptr;
    g_console->matches_ = complete(absl::string_view(rl_line_buffer, static_cast<size_t>(end)));
    return rl_completion_matches(word, NextMatch);
  }

  static Keymap Keys();
  static void Open() {
    cookie_io_functions_t functions = {};
    functions.write = Write;
    g_stream = fopencookie(nullptr, "w", functions);
    rl_instream = rl_outstream = g_stream;
    rl_readline_name = "emu";
    rl_getc_function = NextByte;
    rl_input_available_hook = InputAvailable;
    rl_attempted_completion_function = Complete;
    // The terminal is somebody else's: its modes, signals and size.
    rl_prep_term_function = nullptr;
    rl_deprep_term_function = nullptr;
    rl_catch_signals = rl_catch_sigwinch = rl_change_environment = 0;
    SetOnce();
  }
  // What the library's own initialisation would otherwise overwrite.
  static void SetOnce() {
    rl_initialize();
    rl_tty_set_echoing(1);
    rl_completer_word_break_characters = " ";
    // Both would wait for keys within a callback.
    rl_completion_query_items = -1;
    rl_variable_bind("page-completions", "off");
    rl_variable_bind("enable-bracketed-paste", "off");
    rl_variable_bind("editing-mode", "emacs");
    rl_variable_bind("convert-meta", "off");
    rl_set_keymap(Keys());
  }
  static void Close() {
    rl_instream = rl_outstream = nullptr;
    fclose(g_stream);
    g_stream = nullptr;
  }
};

// Each command does its work at once. Among the library's others are some that can make it (8.2) free memory twice:
// undoing, searches that go on from key to key, keyboard macros, and its own history with all of these.
Keymap EditedConsole::Readline::Keys() {
  static constexpr Key kKeys[] = {
      {"\r", rl_newline},
      {"\n", rl_newline},
      {"\t", rl_complete},
      {"\x7f", rl_rubout},
      {"\x08", rl_rubout},
      {"\x01", rl_beg_of_line},
      {"\x02", rl_backward_char},
      {"\x04", rl_delete},
      {"\x05", rl_end_of_line},
      {"\x06", rl_forward_char},
      {"\x0b", rl_kill_line},
      {"\x0c", rl_clear_screen},
      {"\x0e", Newer},
      {"\x10", Older},
      {"\x12", SearchOlder},
      {"\x13", SearchNewer},
      {"\x14", rl_transpose_chars},
      {"\x15", rl_unix_line_discard},
      {"\x17", rl_unix_word_rubout},
      {"\x19", rl_yank},
      {"\033b", rl_backward_word},
      {"\033f", rl_forward_word},
      {"\033d", rl_kill_word},
      {"\033\x7f", rl_backward_kill_word},
      // Cursor keys, as xterm, screen and Linux send them.
      {"\033[A", Older},
      {"\033[B", Newer},
      {"\033[C", rl_forward_char},
      {"\033[D", rl_backward_char},
      {"\033[H", rl_beg_of_line},
      {"\033[F", rl_end_of_line},
      {"\033OA", Older},
      {"\033OB", Newer},
      {"\033OC", rl_forward_char},
      {"\033OD", rl_backward_char},
      {"\033OH", rl_beg_of_line},
      {"\033OF", rl_end_of_line},
      {"\033[1~", rl_beg_of_line},
      {"\033[3~", rl_delete},
      {"\033[4~", rl_end_of_line},
      {"\033[7~", rl_beg_of_line},
      {"\033[8~", rl_end_of_line},
      {"\033[1;5C", rl_forward_word},
      {"\033[1;5D", rl_backward_word},
      {"\x03", DropLine},
      {"\x07", rl_abort},
      // Around pasted text. The library would wait for the end, and has not asked for it.
      {"\033[200~", Ignore},
      {"\033[201~", Ignore},
  };
  static const Keymap map = [] {
    const Keymap keys = rl_make_keymap();  // characters insert themselves
    for (const Key& key : kKeys) rl_bind_keyseq_in_map(key.bytes, key.command, keys);
    return keys;
  }();
  return map;
}

bool EditedConsole::exists() { return g_console != nullptr; }

EditedConsole::EditedConsole(ConsoleParts parts) : parts_(std::move(parts)) {
  g_console = this;
  Readline::Open();
  if (parts_.backend.HasFocus()) Begin();
  devices::CharFrontend frontend;
  frontend.can_receive = []() -> size_t { return 4096; };
  frontend.receive = [this](absl::string_view bytes) { Receive(bytes); };
  frontend.event = [this](CharEvent event) { OnEvent(event); };
  parts_.backend.SetFrontend(std::move(frontend));
}

EditedConsole::~EditedConsole() {
  parts_.backend.SetFrontend({});
  End();
  Readline::Close();
  g_console = nullptr;
}

void EditedConsole::UpdateSize() {
  const std::pair<int, int> size = parts_.screen_size ? parts_.screen_size() : TerminalSize();
  rl_set_screen_size(size.first, size.second);
}

// Past the library, which has the cursor at the beginning of a line.
void EditedConsole::Write(absl::string_view text) {
  fflush(g_stream);
  parts_.backend.Write(text);
}

void EditedConsole::Begin() {
  Write(absl::StrCat(parts_.banner, "\n"));
  UpdateSize();
  active_ = true;
  rl_callback_handler_install(parts_.prompt.c_str(), Readline::OnLine);
}

void EditedConsole::End() {
  if (std::exchange(active_, false)) rl_callback_handler_remove();
}

void EditedConsole::OnEvent(CharEvent event) {
  if (event == CharEvent::kFocusOut) return Write("\n");
  if (event == CharEvent::kClosed) return End();
  if (event != CharEvent::kFocusIn) return;
  Write("\n");
  if (!active_) return Begin();
  UpdateSize();
  rl_forced_update_display();
}

void EditedConsole::Receive(absl::string_view bytes) {
  input_.append(bytes.data(), bytes.size());
  if (active_) UpdateSize();
  while (active_ && !input_.empty()) rl_callback_read_char();
}

// Null: the end of a file, which is Ctrl-D on an empty line here.
void EditedConsole::TakeLine(const char* line) {
  if (line == nullptr) return Write("\n");
  if (std::exchange(dropped_, false)) return;
  history_.Add(line);
  executing_ = true;
  const std::string answer = parts_.execute(line);
  executing_ = false;
  Write(answer);
  if (parts_.ended && parts_.ended()) End();
}

void EditedConsole::Print(absl::string_view line) {
  if (!active_) return;
  const bool shown = !executing_ && parts_.backend.HasFocus();
  if (shown) rl_clear_visible_line();
  Write(absl::StrCat(line, "\n"));
  if (!shown) return;
  rl_on_new_line();
  rl_redisplay();
}

}  // namespace emu::debug
