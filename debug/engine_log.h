// Writes what the engine translates and executes to the log: -d in_asm, op, op_opt, out_asm, exec.
#ifndef EMU_DEBUG_ENGINE_LOG_H_
#define EMU_DEBUG_ENGINE_LOG_H_

#include <memory>

#include "boards/guest_log.h"
#include "boards/processor.h"
#include "translate/engine/engine.h"

namespace emu::debug {

// Hooks itself into the engine and must outlive its runs. Null if none of these items is wanted.
std::unique_ptr<translate::EngineObserver> MakeEngineLog(const boards::GuestLog& log, boards::Processor& processor);

}  // namespace emu::debug

#endif  // EMU_DEBUG_ENGINE_LOG_H_
