// A moving line on a terminal; nothing in a pipe.
#pragma once

#include <memory>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/progress.hpp>

namespace server {

// Null when standard error is no terminal.
[[nodiscard]] std::shared_ptr<stocktracker::ProgressSink> make_progress_bar();

// The context of a long call that shows its progress.
[[nodiscard]] stocktracker::CallContext with_progress(stocktracker::CallContext context);

}  // namespace server
