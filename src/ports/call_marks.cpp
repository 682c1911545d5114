// The marks of calls, a list per thread.
#include "ports/call_marks.hpp"

#include <algorithm>

namespace stocktracker::inline v0 {

CallMarks& call_marks() noexcept {
  thread_local CallMarks marks;
  return marks;
}

void add_call_mark(const CallGate* gate) { call_marks().push_back(gate); }

void drop_call_mark(const CallGate* gate) noexcept {
  CallMarks& marks = call_marks();
  const auto last = std::find(marks.rbegin(), marks.rend(), gate);
  if (last != marks.rend()) marks.erase(std::next(last).base());
}

bool has_call_mark(const CallGate* gate) noexcept {
  const CallMarks& marks = call_marks();
  return std::find(marks.begin(), marks.end(), gate) != marks.end();
}

}  // namespace stocktracker::inline v0
