// Traces as binary files (trace_format.h).
#ifndef EMU_DEBUG_TRACE_TRACE_WRITER_H_
#define EMU_DEBUG_TRACE_TRACE_WRITER_H_

#include <memory>

#include "debug/trace/sink.h"
#include "debug/trace/trace_format.h"

namespace emu::debug {

// `chunk_records`: a chunk holds so many.
std::unique_ptr<TraceSink> MakeBinarySink(std::unique_ptr<OutputFile> file, TraceHeader header,
                                          uint32_t chunk_records = 1 << 16);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TRACE_WRITER_H_
