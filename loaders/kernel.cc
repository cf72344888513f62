#include "loaders/kernel.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loaders/gzip.h"
#include "loaders/linux_image.h"

namespace emu::loaders {
namespace {

absl::Status CheckKind(absl::string_view name, const ElfFile& elf, const ProgramKind& kind) {
  const auto text = [](uint16_t machine, unsigned bits, bool big) {
    return absl::StrCat("machine ", machine, ", ", bits, " bits, ", big ? "big" : "little", "-endian");
  };
  if (elf.machine() == kind.elf_machine && elf.bits() == kind.bits && elf.big_endian() == kind.big_endian) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is an ELF file for another CPU (", text(elf.machine(), elf.bits(), elf.big_endian()),
                   "); this machine runs ", text(kind.elf_machine, kind.bits, kind.big_endian)));
}

absl::StatusOr<LoadedProgram> LoadElf(const std::string& what, ElfFile elf, BootImage* image) {
  LoadedProgram program;
  program.entry = elf.physical_entry();
  program.start = ~uint64_t{0};
  for (const ElfSegment& s : elf.segments()) {
    absl::Status status = image->Add({what, s.physical, s.memory_size, s.data});
    if (!status.ok()) return status;
    program.start = std::min(program.start, s.physical);
    program.end = std::max(program.end, s.physical + s.memory_size);
  }
  program.elf = std::move(elf);
  return program;
}

}  // namespace

absl::StatusOr<LoadedProgram> LoadProgram(absl::string_view what, absl::string_view path, const ProgramKind& kind,
                                          uint64_t address, BootImage* image) {
  absl::StatusOr<Bytes> file = MapFile(path);
  if (file.ok() && IsGzip(*file)) file = Gunzip(*file, path);
  if (!file.ok()) return file.status();
  if (file->size() == 0) return absl::InvalidArgumentError(absl::StrCat(what, " \"", path, "\" is empty"));
  const std::string name = absl::StrCat(what, " \"", path, "\"");
  if (IsElf(*file)) {
    absl::StatusOr<ElfFile> elf = ElfFile::Parse(*std::move(file), path);
    if (!elf.ok()) return elf.status();
    if (absl::Status status = CheckKind(path, *elf, kind); !status.ok()) return status;
    return LoadElf(name, *std::move(elf), image);
  }
  uint64_t memory_size = file->size();
  if (kind.elf_machine == kElfMachineRiscv && IsRiscvImage(*file)) {
    const absl::StatusOr<LinuxImage> header = ParseRiscvImage(*file, path);
    if (!header.ok()) return header.status();
    memory_size = std::max(memory_size, header->image_size);
  }
  absl::Status status = image->Add({name, address, memory_size, *std::move(file)});
  if (!status.ok()) return status;
  return LoadedProgram{address, address, address + memory_size, std::nullopt};
}

}  // namespace emu::loaders
