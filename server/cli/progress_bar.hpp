// Progress of a long call on a terminal; nothing in a pipe.
#pragma once

#include <memory>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/progress.hpp>

namespace server {

// Null if standard error is not a terminal.
[[nodiscard]] std::shared_ptr<stocktracker::ProgressSink> make_progress_bar();

// A context for a long call that shows its progress.
[[nodiscard]] stocktracker::CallContext with_progress(stocktracker::CallContext context);

}  // namespace server
