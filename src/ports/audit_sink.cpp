// The destructor of AuditSink. The names of actions stand where the actions are audited (ports/audited.hpp).
#include <stocktracker/ports/audit_sink.hpp>

namespace stocktracker::inline v0 {

AuditSink::~AuditSink() = default;

}  // namespace stocktracker::inline v0
