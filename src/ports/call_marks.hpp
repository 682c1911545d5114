/// The engines whose calls the current thread is working on, so that a callback cannot wait for its own call.
#pragma once

#include <vector>

namespace stocktracker::inline v0 {

class CallGate;
using CallMarks = std::vector<const CallGate*>;

/// Of this thread; one entry for each call, the innermost last.
[[nodiscard]] CallMarks& call_marks() noexcept;
void add_call_mark(const CallGate* gate);
void drop_call_mark(const CallGate* gate) noexcept;
[[nodiscard]] bool has_call_mark(const CallGate* gate) noexcept;

/// While it lives, this thread works on the calls of another one, which waits for it.
class BorrowedMarks {
 public:
  explicit BorrowedMarks(const CallMarks& marks) : count_(marks.size()) {
    call_marks().insert(call_marks().end(), marks.begin(), marks.end());
  }
  BorrowedMarks(const BorrowedMarks&) = delete;
  BorrowedMarks& operator=(const BorrowedMarks&) = delete;
  ~BorrowedMarks() { call_marks().resize(call_marks().size() - count_); }

 private:
  const std::size_t count_;
};

}  // namespace stocktracker::inline v0
