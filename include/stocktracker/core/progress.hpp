/// @file
/// Progress of long calls, pushed to a sink of the caller.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

struct Progress {
  std::string_view stage;      ///< "catalogue", "fbo", "commit", ...; valid during the call only
  std::uint64_t done = 0;      ///< units finished so far in this stage
  std::uint64_t expected = 0;  ///< 0: not known
};

/// Called from the threads that do the work; must be thread-safe, quick, and must not call back into the engine. If it
/// throws, the call that it belongs to ends with Errc::internal and what the exception said.
///
/// @code
/// class Bar final : public st::ProgressSink {
///  public:
///   void report(const st::Progress& step) override { done_ = step.done; }  // from several threads
///
///  private:
///   std::atomic<std::uint64_t> done_{0};
/// };
/// @endcode
class STK_API ProgressSink {
 public:
  ProgressSink() = default;
  ProgressSink(const ProgressSink&) = delete;
  ProgressSink& operator=(const ProgressSink&) = delete;
  virtual ~ProgressSink();
  virtual void report(const Progress& step) = 0;
  /// The call is still waiting: for a limit, a retry, an answer. Called at least every five seconds. The default does
  /// nothing.
  virtual void waiting();
};

/// A line per stage to a C stream, rewritten in place on a terminal. The stream must outlive the sink.
[[nodiscard]] STK_API std::shared_ptr<ProgressSink> progress_to(std::FILE* stream);

}  // namespace stocktracker::inline v0
