// Writes how guest-virtual addresses are translated to the log: -d mmu.
#ifndef EMU_DEBUG_MMU_LOG_H_
#define EMU_DEBUG_MMU_LOG_H_

#include "boards/guest_log.h"
#include "translate/engine/cpu.h"

namespace emu::debug {

class MmuLog final : private translate::MmuObserver {
 public:
  // The CPU outlives the log.
  MmuLog(boards::GuestLog log, translate::Cpu& cpu);
  ~MmuLog() override;

 private:
  void OnTranslate(memory::Gva gva, translate::Access access, const translate::PageMapping& mapping) override;
  void OnRefuse(const translate::MemFault& fault) override;
  void OnFlush() override;
  void OnFlushPage(memory::Gva gva) override;

  const boards::GuestLog log_;
  translate::Cpu& cpu_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MMU_LOG_H_
