// A moving line on a terminal; nothing in a pipe.
#pragma once

#include <memory>

#include <stocktracker/core/progress.hpp>

namespace server {

// Null when standard error is no terminal.
[[nodiscard]] std::shared_ptr<stocktracker::ProgressSink> make_progress_bar();

}  // namespace server
