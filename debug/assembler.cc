#include "debug/assembler.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCExpr.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCValue.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

namespace emu::debug {
namespace {

// The statement around `at`, which points into `text`.
absl::string_view StatementAt(absl::string_view text, size_t at) {
  constexpr absl::string_view kEnds = ";\n";
  const size_t end = text.find_first_of(kEnds, at);
  text = text.substr(0, end);
  const size_t before = at == 0 ? absl::string_view::npos : text.find_last_of(kEnds, at - 1);
  if (before != absl::string_view::npos) text.remove_prefix(before + 1);
  return absl::StripAsciiWhitespace(text);
}

// LLVM's first complaint; others follow from it.
struct Complaint {
  absl::string_view text;  // what is assembled
  std::string message;

  void Take(const llvm::SMDiagnostic& d) {
    if (!message.empty() || d.getKind() != llvm::SourceMgr::DK_Error) return;
    message = d.getMessage().str();
    if (!d.getLoc().isValid() || d.getSourceMgr() == nullptr) return;
    const llvm::SourceMgr& sources = *d.getSourceMgr();
    const size_t at = static_cast<size_t>(d.getLoc().getPointer() -
                                          sources.getMemoryBuffer(sources.getMainFileID())->getBufferStart());
    if (at > text.size()) return;
    message = absl::StrCat("\"", StatementAt(text, at), "\": ", message);
  }
};

absl::Status Bad(absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("assembler text ", message));
}

// Looks whether LLVM's object writer will know what to do: it does not check expressions.
class Checker final : public llvm::MCStreamer {
 public:
  Checker(llvm::MCContext& context, std::unique_ptr<llvm::MCCodeEmitter> emitter)
      : MCStreamer(context), emitter_(std::move(emitter)) {}
  void emitInstruction(const llvm::MCInst& inst, const llvm::MCSubtargetInfo& subtarget) override {
    llvm::SmallVector<char, 16> code;
    llvm::SmallVector<llvm::MCFixup, 4> fixups;
    emitter_->encodeInstruction(inst, code, fixups, subtarget);
    for (const llvm::MCFixup& fixup : fixups) {
      llvm::MCValue value;
      const bool known = fixup.getValue()->evaluateAsRelocatable(value, nullptr, nullptr);
      const bool plain = known && value.getSymB() == nullptr;
      if (!plain) getContext().reportError(inst.getLoc(), "expected a number or a label");
    }
  }
  void emitValueImpl(const llvm::MCExpr* value, unsigned, llvm::SMLoc where) override { Number(value, where); }
  void emitAssignment(llvm::MCSymbol* symbol, const llvm::MCExpr* value) override {
    if (Number(value, value->getLoc())) MCStreamer::emitAssignment(symbol, value);
  }
  bool emitSymbolAttribute(llvm::MCSymbol*, llvm::MCSymbolAttr) override { return true; }
  void emitCommonSymbol(llvm::MCSymbol*, uint64_t, llvm::Align) override {}
  void emitZerofill(llvm::MCSection*, llvm::MCSymbol*, uint64_t, llvm::Align, llvm::SMLoc) override {}

 private:
  bool Number(const llvm::MCExpr* value, llvm::SMLoc where) {
    int64_t number = 0;
    if (value->evaluateAsAbsolute(number)) return true;
    getContext().reportError(where, "expected a number");
    return false;
  }

  const std::unique_ptr<llvm::MCCodeEmitter> emitter_;
};

// One reading of the text.
class Reading {
 public:
  Reading(absl::string_view text, const McTables& mc)
      : mc_(mc),
        complaint_{text, ""},
        context_(llvm::Triple(mc.triple), mc.asm_info.get(), mc.registers.get(), mc.subtarget.get(), &sources_) {
    sources_.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(text.data(), text.size())),
                                llvm::SMLoc());
    const auto take = [](const llvm::SMDiagnostic& d, void* to) { static_cast<Complaint*>(to)->Take(d); };
    sources_.setDiagHandler(take, &complaint_);
    context_.setDiagnosticHandler([this](const llvm::SMDiagnostic& d, bool, const llvm::SourceMgr&,
                                         std::vector<const llvm::MDNode*>&) { complaint_.Take(d); });
    files_.reset(mc.target.createMCObjectFileInfo(context_, /*PIC=*/false));
    context_.setObjectFileInfo(files_.get());
  }

  absl::Status Check() {
    Checker checker(context_, Emitter());
    mc_.target.createNullTargetStreamer(checker);
    return ReadTo(checker);
  }

  absl::Status WriteObject(llvm::SmallVectorImpl<char>* object) {
    llvm::raw_svector_ostream out(*object);
    std::unique_ptr<llvm::MCAsmBackend> backend(
        mc_.target.createMCAsmBackend(*mc_.subtarget, *mc_.registers, mc_.options));
    std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(out);
    const std::unique_ptr<llvm::MCStreamer> streamer(mc_.target.createMCObjectStreamer(
        llvm::Triple(mc_.triple), context_, std::move(backend), std::move(writer), Emitter(), *mc_.subtarget));
    return ReadTo(*streamer);
  }

 private:
  std::unique_ptr<llvm::MCCodeEmitter> Emitter() {
    return std::unique_ptr<llvm::MCCodeEmitter>(mc_.target.createMCCodeEmitter(*mc_.instructions, context_));
  }
  absl::Status ReadTo(llvm::MCStreamer& streamer) {
    const std::unique_ptr<llvm::MCAsmParser> parser(
        llvm::createMCAsmParser(sources_, context_, streamer, *mc_.asm_info));
    const std::unique_ptr<llvm::MCTargetAsmParser> statements(
        mc_.target.createMCAsmParser(*mc_.subtarget, *parser, *mc_.instructions, mc_.options));
    parser->setTargetParser(*statements);
    const bool failed = parser->Run(/*NoInitialTextSection=*/false) || context_.hadError();
    if (!complaint_.message.empty()) return Bad(complaint_.message);
    return failed ? Bad("cannot be assembled") : absl::OkStatus();
  }

  const McTables& mc_;
  Complaint complaint_;
  llvm::SourceMgr sources_;
  llvm::MCContext context_;
  std::unique_ptr<llvm::MCObjectFileInfo> files_;
};

// What a linker would have to do in the section.
absl::Status CheckLinked(const llvm::object::SectionRef& section) {
  for (const llvm::object::RelocationRef& relocation : section.relocations()) {
    llvm::Expected<llvm::StringRef> name = relocation.getSymbol()->getName();
    const std::string symbol = name ? name->str() : llvm::toString(name.takeError());
    return Bad(
        absl::StrCat("refers to \"", symbol, "\", which a linker would have to place; expected labels of its own"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Assemble(absl::string_view text, const McTarget& target) {
  const absl::StatusOr<std::unique_ptr<McTables>> tables = McTables::Make(target);
  if (!tables.ok()) return tables.status();
  return Assemble(text, **tables);
}

absl::StatusOr<std::vector<uint8_t>> Assemble(absl::string_view text, const McTables& mc) {
  llvm::SmallVector<char, 1024> object;
  if (absl::Status status = Reading(text, mc).Check(); !status.ok()) return status;
  if (absl::Status status = Reading(text, mc).WriteObject(&object); !status.ok()) return status;
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "assembled"));
  if (!file) return absl::InternalError(llvm::toString(file.takeError()));
  std::vector<uint8_t> code;
  // Relocations are in sections of their own, which name the one that they are for.
  for (const llvm::object::SectionRef& section : (*file)->sections()) {
    llvm::Expected<llvm::object::section_iterator> about = section.getRelocatedSection();
    if (!about) return absl::InternalError(llvm::toString(about.takeError()));
    if (*about != (*file)->section_end() && (*about)->isText()) {
      if (absl::Status status = CheckLinked(section); !status.ok()) return status;
    }
    if (!section.isText()) continue;
    llvm::Expected<llvm::StringRef> contents = section.getContents();
    if (!contents) return absl::InternalError(llvm::toString(contents.takeError()));
    code.insert(code.end(), contents->bytes_begin(), contents->bytes_end());
  }
  return code;
}

}  // namespace emu::debug
