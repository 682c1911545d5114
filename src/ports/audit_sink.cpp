// AuditSink: names of audited actions.
#include <stocktracker/ports/audit_sink.hpp>

namespace stocktracker::inline v0 {

AuditSink::~AuditSink() = default;

}  // namespace stocktracker::inline v0
