#include "debug/trace/trace_format.h"

#include <utility>

#include "debug/trace/chunk.h"
#include "debug/trace/varint.h"

namespace emu::debug {

void PutFixed(uint64_t value, unsigned size, std::string* out) {
  for (unsigned i = 0; i < size; ++i) *out += static_cast<char>(value >> 8 * i);
}

std::string EncodeTraceFrame(const TraceFrame& frame) {
  std::string head;
  for (const uint32_t value : {frame.kind, frame.compressed, frame.size, frame.records}) PutFixed(value, 4, &head);
  PutFixed(frame.first_insn, 8, &head);
  PutFixed(frame.last_insn, 8, &head);
  return head;
}

TraceFrame DecodeTraceFrame(absl::string_view head) {
  VarintReader in(head);
  TraceFrame frame;
  for (uint32_t* value : {&frame.kind, &frame.compressed, &frame.size, &frame.records}) {
    *value = static_cast<uint32_t>(in.Number(4));
  }
  frame.first_insn = in.Number(8);
  frame.last_insn = in.Number(8);
  return frame;
}

std::string EncodeTraceHeader(const TraceHeader& header) {
  std::string out;
  PutText(header.spec, &out);
  PutText(header.target, &out);
  PutVarint(header.places.size(), &out);
  for (const TracePlace& place : header.places) PutPlace(place, &out);
  PutVarint(header.symbols.symbols().size(), &out);
  uint64_t last = 0;
  for (const Symbol& symbol : header.symbols.symbols()) {
    PutVarint(symbol.address - last, &out);
    PutVarint(symbol.size, &out);
    PutText(symbol.name, &out);
    last = symbol.address;
  }
  return out;
}

bool DecodeTraceHeader(absl::string_view payload, TraceHeader* header) {
  VarintReader in(payload);
  header->spec = std::string(in.Text());
  header->target = std::string(in.Text());
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) header->places.push_back(GetPlace(in));
  std::vector<Symbol> symbols;
  uint64_t last = 0;
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
    Symbol symbol;
    last = symbol.address = last + in.Varint();
    symbol.size = in.Varint();
    symbol.name = std::string(in.Text());
    symbols.push_back(std::move(symbol));
  }
  header->symbols = SymbolTable::FromSymbols(std::move(symbols));
  return in.ok() && in.left() == 0;
}

std::string EncodeTraceIndex(const TraceIndex& index) {
  std::string out;
  PutVarint(index.chunks.size(), &out);
  for (const TraceChunkInfo& chunk : index.chunks) {
    for (const uint64_t value : {chunk.offset, chunk.first_insn, chunk.last_insn, uint64_t{chunk.records}}) {
      PutVarint(value, &out);
    }
  }
  PutVarint(index.notes.size(), &out);
  for (const TraceNote& note : index.notes) {
    PutVarint(note.insn, &out);
    PutText(note.text, &out);
  }
  return out;
}

bool DecodeTraceIndex(absl::string_view payload, TraceIndex* index) {
  VarintReader in(payload);
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
    TraceChunkInfo chunk;
    chunk.offset = in.Varint();
    chunk.first_insn = in.Varint();
    chunk.last_insn = in.Varint();
    chunk.records = static_cast<uint32_t>(in.Varint());
    index->chunks.push_back(chunk);
  }
  for (uint64_t n = in.Count(); n > 0 && in.ok(); --n) {
    const uint64_t insn = in.Varint();
    index->notes.push_back({insn, std::string(in.Text())});
  }
  return in.ok() && in.left() == 0;
}

}  // namespace emu::debug
