#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "debug/trace/sink.h"

namespace emu::debug {

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  if (path.empty()) return std::unique_ptr<OutputFile>(new OutputFile("stderr", STDERR_FILENO, false));
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return absl::InvalidArgumentError(absl::StrCat("trace file \"", path, "\": ", strerror(errno)));
  return std::unique_ptr<OutputFile>(new OutputFile(path, fd, true));
}

OutputFile::~OutputFile() {
  if (owned_) close(fd_);
}

void OutputFile::Write(absl::string_view bytes) {
  while (!bytes.empty() && status_.ok()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      status_ = absl::UnavailableError(absl::StrCat("trace file \"", name_, "\": ", strerror(errno)));
      return;
    }
    bytes.remove_prefix(static_cast<size_t>(n));
    written_ += static_cast<uint64_t>(n);
  }
}

}  // namespace emu::debug
