#include "debug/terminal/console.h"

#include "debug/terminal/edited_console.h"
#include "debug/terminal/plain_console.h"

namespace emu::debug {

std::unique_ptr<Console> MakeConsole(ConsoleParts parts) {
  if (parts.backend.IsTerminal() && !EditedConsole::exists()) return std::make_unique<EditedConsole>(std::move(parts));
  return std::make_unique<PlainConsole>(std::move(parts));
}

}  // namespace emu::debug
