// watch, unwatch; trace, untrace.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "debug/monitor/command.h"
#include "debug/trace/session.h"

namespace emu::debug {
namespace {

using llvm::json::Array;
using llvm::json::Object;

Answer ListWatches(const MonitorState& state) {
  Answer answer;
  Array list;
  for (const Watch& w : state.watches.list()) {
    absl::StrAppend(&answer.text, w.Text(), "\n");
    list.push_back(w.Json());
  }
  if (answer.text.empty()) answer.text = "nothing is watched\n";
  answer.json = Object{{"watches", std::move(list)}};
  return answer;
}

// "r", "w", "rw", "x", ...; false if it is something else.
bool TakeKinds(absl::string_view word, Watch* watch) {
  if (word.empty() || word.find_first_not_of("rwx") != word.npos) return false;
  watch->reads = word.find('r') != word.npos;
  watch->writes = word.find('w') != word.npos;
  watch->executes = word.find('x') != word.npos;
  return true;
}

// [SIZE] [KINDS] [stop] behind the address.
absl::Status TakeRest(const Request& request, uint64_t* size, Watch* watch) {
  size_t at = 1;
  bool sized = false, kinds = false;
  for (; at < request.words.size(); ++at) {
    const std::string& word = request.words[at];
    if (word == "stop") {
      watch->stops = true;
    } else if (!kinds && TakeKinds(word, watch)) {
      kinds = true;
    } else if (!sized) {
      const absl::StatusOr<uint64_t> value = request.state.Eval(word);
      if (!value.ok()) return value.status();
      *size = *value;
      sized = true;
    } else {
      return WrongArguments(absl::StrCat("unexpected word \"", word, "\""));
    }
  }
  return *size == 0 ? WrongArguments("a size of 0: expected 1 byte or more") : absl::OkStatus();
}

absl::StatusOr<Answer> AddWatch(Request& request) {
  if (request.words.empty()) return ListWatches(request.state);
  Watch watch;
  watch.reads = watch.writes = true;
  watch.json = request.json;
  absl::string_view where = request.words[0];
  watch.physical = absl::ConsumePrefix(&where, "gpa:");
  const absl::StatusOr<uint64_t> first = request.state.Eval(where);
  if (!first.ok()) return first.status();
  uint64_t size = request.state.parts.machine.inspector().address_bits() / 8;
  if (absl::Status status = TakeRest(request, &size, &watch); !status.ok()) return status;
  watch.range = *memory::Range::At(*first, size);
  watch.id = request.state.watches.Add(watch);
  return Answer{absl::StrCat("watch ", watch.Text(), "\n"), watch.Json()};
}

absl::StatusOr<Answer> RemoveWatch(Request& request) {
  if (absl::Status status = ExpectWords(request, 1, 1); !status.ok()) return status;
  if (request.words[0] == "all") return request.state.watches.RemoveAll(), Answer{};
  int id;
  if (!absl::SimpleAtoi(request.words[0], &id)) {
    return WrongArguments(absl::StrCat("\"", request.words[0], "\" is no number of a watch"));
  }
  if (absl::Status status = request.state.watches.Remove(id); !status.ok()) return status;
  return Answer{};
}

absl::StatusOr<TraceSession*> Traces(const Request& request) {
  if (request.state.parts.traces != nullptr) return request.state.parts.traces;
  return absl::UnimplementedError("this monitor was made without traces");
}

Answer ListTraces(const TraceSession& traces) {
  Answer answer;
  Array list;
  for (const TraceSession::Info& t : traces.List()) {
    absl::StrAppend(&answer.text, t.id, ": ", t.spec, ", to ", t.file, ", ", t.records, " records\n");
    list.push_back(Object{
        {"id", t.id}, {"spec", Utf8(t.spec)}, {"file", Utf8(t.file)}, {"records", static_cast<int64_t>(t.records)}});
  }
  if (answer.text.empty()) answer.text = "no trace is on\n";
  answer.json = Object{{"traces", std::move(list)}};
  return answer;
}

absl::StatusOr<Answer> StartTrace(Request& request) {
  const absl::StatusOr<TraceSession*> traces = Traces(request);
  if (!traces.ok()) return traces.status();
  if (request.words.empty()) return ListTraces(**traces);
  const absl::StatusOr<int> id = (*traces)->Start(request.rest);
  if (!id.ok()) return id.status();
  return Answer{absl::StrCat("trace ", *id, ": ", request.rest, "\n"), Object{{"id", *id}}};
}

absl::StatusOr<Answer> StopTrace(Request& request) {
  const absl::StatusOr<TraceSession*> traces = Traces(request);
  if (!traces.ok()) return traces.status();
  if (absl::Status status = ExpectWords(request, 1, 1); !status.ok()) return status;
  int id;
  const bool all = request.words[0] == "all";
  if (!all && !absl::SimpleAtoi(request.words[0], &id)) {
    return WrongArguments(absl::StrCat("\"", request.words[0], "\" is no number of a trace"));
  }
  if (absl::Status status = all ? (*traces)->StopAll() : (*traces)->Stop(id); !status.ok()) return status;
  return Answer{};
}

std::vector<std::string> WatchWords(const MonitorState&) { return {"r", "w", "rw", "x", "stop", "gpa:"}; }
std::vector<std::string> WatchIds(const MonitorState& state) {
  std::vector<std::string> ids = {"all"};
  for (const Watch& w : state.watches.list()) ids.push_back(absl::StrCat(w.id));
  return ids;
}
std::vector<std::string> TraceWords(const MonitorState&) { return {"mem"}; }

constexpr Command kCommands[] = {
    {"watch", "[ADDRESS|gpa:ADDRESS [SIZE] [r|w|x|rw|...] [stop]]",
     "a line for each access there, whoever makes it; with stop, the guest pauses after it. Alone: what is watched",
     AddWatch, WatchWords},
    {"unwatch", "ID|all", "ends a watch", RemoveWatch, WatchIds},
    {"trace", "[mem[,KEY=VALUE...]]", "begins a trace, as -trace does. Alone: which are on", StartTrace, TraceWords},
    {"untrace", "ID|all", "ends a trace", StopTrace},
};

}  // namespace

absl::Span<const Command> WatchCommands() { return kCommands; }

}  // namespace emu::debug
