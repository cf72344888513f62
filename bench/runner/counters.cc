#include "bench/runner/counters.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace emu::bench {
namespace {

constexpr int kTimeoutMs = 60'000;
constexpr size_t kLongestAnswer = 1 << 20;

}  // namespace

Counters ParseCounters(absl::string_view json) {
  const std::string text = absl::StrReplaceAll(json, {{"\\", ""}});
  Counters counters;
  for (size_t colon = text.find("\":"); colon != text.npos; colon = text.find("\":", colon + 1)) {
    const size_t quote = colon == 0 ? text.npos : text.rfind('"', colon - 1);
    const size_t end = text.find_first_of(",}]\" \n", text.find_first_not_of(' ', colon + 2));
    double value = 0;
    if (quote == text.npos || end == text.npos) continue;
    if (absl::SimpleAtod(absl::string_view(text).substr(colon + 2, end - colon - 2), &value))
      counters[text.substr(quote + 1, colon - quote - 1)] = value;
  }
  return counters;
}

Counters Difference(const Counters& after, const Counters& before) {
  Counters difference;
  for (const auto& [name, value] : after) {
    const auto it = before.find(name);
    difference[name] = value - (it == before.end() ? 0 : it->second);
  }
  return difference;
}

absl::StatusOr<std::unique_ptr<CounterSource>> CounterSource::Connect(const std::string& socket_path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path)
    return absl::InvalidArgumentError(
        absl::StrCat("socket ", socket_path, ": expected a path of at most ", sizeof address.sun_path - 1, " bytes"));
  memcpy(address.sun_path, socket_path.data(), socket_path.size());
  std::unique_ptr<CounterSource> source(new CounterSource(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  if (connect(source->fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return absl::UnavailableError(absl::StrCat("socket ", socket_path, ": ", strerror(errno)));
  // QMP greets, and takes no other command before this one.
  absl::Status status = source->Await("\"QMP\"").status();
  if (status.ok()) status = source->Send(R"({"execute": "qmp_capabilities"})");
  if (status.ok()) status = source->Await("\"return\"").status();
  if (!status.ok()) return status;
  return source;
}

CounterSource::~CounterSource() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<Counters> CounterSource::Read() {
  const absl::Status status =
      Send(R"({"execute": "human-monitor-command", "arguments": {"command-line": "json info jit"}})");
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> answer = Await("\"return\"");
  if (!answer.ok()) return answer.status();
  return ParseCounters(*answer);
}

absl::Status CounterSource::Send(absl::string_view line) {
  const std::string text = absl::StrCat(line, "\n");
  if (send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())) return absl::OkStatus();
  return absl::UnavailableError("QMP: the emulator does not listen any more");
}

absl::StatusOr<std::string> CounterSource::Await(absl::string_view word) {
  while (rest_.size() < kLongestAnswer) {
    for (size_t end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n')) {
      const std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      if (absl::StrContains(line, word)) return line;
      if (absl::StrContains(line, "\"error\"")) return absl::InternalError(absl::StrCat("QMP: ", line));
    }
    char buffer[4096];
    pollfd p = {fd_, POLLIN, 0};
    const ssize_t n = poll(&p, 1, kTimeoutMs) > 0 ? read(fd_, buffer, sizeof buffer) : 0;
    if (n <= 0) break;
    rest_.append(buffer, static_cast<size_t>(n));
  }
  return absl::UnavailableError(absl::StrCat("QMP: no answer with ", word));
}

}  // namespace emu::bench
