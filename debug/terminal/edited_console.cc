#include "debug/terminal/edited_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// After stdio.h, which it needs.
#include <readline/history.h>
#include <readline/readline.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

using devices::CharEvent;

EditedConsole* g_console = nullptr;  // the library's callbacks have no argument for it
FILE* g_stream = nullptr;            // what the library takes for its terminal

constexpr int kControlC = 0x03;

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
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_replace_line("", 1);
    if (rl_editing_mode == 0) rl_vi_insertion_mode(1, 'i');
    rl_crlf();
    rl_on_new_line();
    rl_redisplay();
    return 0;
  }
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
    using_history();
    stifle_history(kHistory);
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
    for (Keymap map : {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap}) {
      rl_bind_key_in_map(kControlC, DropLine, map);
    }
    // Keys by which nobody means to change to vi's.
    for (const int key : {'\n', '\r'}) rl_unbind_key_in_map(key, emacs_meta_keymap);
  }
  static void Close() {
    clear_history();
    rl_instream = rl_outstream = nullptr;
    fclose(g_stream);
    g_stream = nullptr;
  }
};

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
  const HIST_ENTRY* last = history_get(history_base + history_length - 1);
  if (!absl::StripAsciiWhitespace(line).empty() && (last == nullptr || strcmp(last->line, line) != 0)) {
    add_history(line);
  }
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
