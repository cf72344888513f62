#include "debug/gdb/server.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace emu::debug::gdb {

Server::Server(ServerParts parts)
    : machine_(parts.machine),
      monitor_(std::move(parts.monitor)),
      registers_(machine_.inspector()),
      memory_(machine_.inspector(), machine_.processor().cpu().memory()),
      points_(parts.hub, machine_.control(), machine_.inspector().gdb_stops_before_access(),
              [this](uint64_t gva) { return memory_.Physical(gva); }),
      connection_(parts.stream, {[this](absl::string_view payload) { OnPacket(payload); },
                                 [this] { connection_.Send(*Error("E22", "the packet is too long")); },
                                 [this] { OnInterrupt(); }, [this] { Attach(); }, [this] { OnGone(); }}) {
  machine_.control().AddListener(this);
}

Server::~Server() { machine_.control().RemoveListener(this); }

// The guest stops; nothing is left of who was here before.
void Server::Attach() {
  OnGone();
  memory_.set_physical(false);
  step_flags_ = kAllStepFlags;
  error_messages_ = false;
  machine_.control().Pause(boards::PauseReason::kUser);
}

// The guest does what it did: runs, or stands still for the next gdb.
void Server::OnGone() {
  waiting_ = interrupted_ = false;
  points_.Clear();
}

struct Server::Command {
  absl::string_view name;
  bool whole;  // nothing follows the name
  Reply (Server::*answer)(absl::string_view rest);
};

// A name that begins with another one comes before it.
absl::Span<const Server::Command> Server::Commands() {
  static constexpr Command kCommands[] = {
      {"?", true, &Server::Why},
      {"!", true, &Server::Ok},
      {"c", false, &Server::Continue},
      {"C", false, &Server::ContinueWithSignal},
      {"D", false, &Server::Detach},
      {"g", true, &Server::ReadRegisters},
      {"G", false, &Server::WriteRegisters},
      {"H", false, &Server::SetThread},
      {"k", false, &Server::Kill},
      {"m", false, &Server::ReadMemory},
      {"M", false, &Server::WriteMemory},
      {"p", false, &Server::ReadRegister},
      {"P", false, &Server::WriteRegister},
      {"qAttached", false, &Server::IsAttached},
      {"qC", true, &Server::ThisThread},
      {"qfThreadInfo", true, &Server::FirstThreads},
      {"qsThreadInfo", true, &Server::NoMoreThreads},
      {"qThreadExtraInfo,", false, &Server::ThreadInfo},
      {"qRcmd,", false, &Server::Monitor},
      {"qSupported", false, &Server::Supported},
      {"qXfer:features:read:", false, &Server::Features},
      {"qqemu.sstepbits", true, &Server::StepBits},
      {"qqemu.sstep", true, &Server::StepFlags},
      {"Qqemu.sstep=", false, &Server::SetStepFlags},
      {"qqemu.PhyMemMode", true, &Server::MemoryMode},
      {"Qqemu.PhyMemMode:", false, &Server::SetMemoryMode},
      {"QStartNoAckMode", true, &Server::StopAcks},
      {"s", false, &Server::StepOne},
      {"S", false, &Server::StepWithSignal},
      {"T", false, &Server::IsAlive},
      {"vAttach;", false, &Server::AttachAgain},
      {"vCont?", true, &Server::ContinueKinds},
      {"vCont;", false, &Server::ContinueActions},
      {"vKill;", false, &Server::KillWithReply},
      {"x", false, &Server::ReadMemoryBinary},
      {"X", false, &Server::WriteMemoryBinary},
      {"Z", false, &Server::InsertStop},
      {"z", false, &Server::RemoveStop},
  };
  return kCommands;
}

void Server::OnPacket(absl::string_view payload) {
  const Reply reply = Answer(payload);
  if (reply.has_value()) connection_.Send(*reply);
}

// What is not known has an empty answer.
Server::Reply Server::Answer(absl::string_view payload) {
  for (const Command& command : Commands()) {
    const bool found = command.whole ? payload == command.name : absl::StartsWith(payload, command.name);
    if (found) return (this->*command.answer)(payload.substr(command.name.size()));
  }
  return "";
}

// Words are for those who said that they take them ("error-message" of qSupported).
Server::Reply Server::Error(absl::string_view number, absl::string_view why) const {
  return error_messages_ ? absl::StrCat("E.", why) : std::string(number);
}

}  // namespace emu::debug::gdb
