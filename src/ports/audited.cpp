// Records an action; its subject is cut to what the audit holds.
#include "ports/audited.hpp"

namespace stocktracker::inline v0 {
namespace {

// Callers choose keys and names, so the record of one call is limited.
constexpr std::size_t kMostSubject = 200;

std::string shortened(std::string text) {
  if (text.size() <= kMostSubject) return text;
  std::size_t end = kMostSubject;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;  // not inside of a character
  text.resize(end);
  return text;
}

}  // namespace

void record(AuditSink* audit, Clock& clock, Act act, const CallContext& context, std::optional<Errc> refused) {
  if (audit == nullptr) return;
  audit->record({.at = clock.now(),
                 .tenant = act.tenant,
                 .actor = context.actor,
                 .action = std::string(act.action),
                 .subject = shortened(std::move(act.subject)),
                 .refused = refused,
                 .request_id = context.request_id});
}

}  // namespace stocktracker::inline v0
