// Writes a movement as a sentence; names of kinds and states.
#include <stocktracker/inventory/movement.hpp>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/inventory/position.hpp>

namespace stocktracker::inline v0 {

const char* to_string(MovementKind kind) noexcept {
  switch (kind) {
    case MovementKind::observed:
      return "observed";
    case MovementKind::absent:
      return "absent";
    case MovementKind::correction:
      return "correction";
    case MovementKind::undo:
      return "undo";
    case MovementKind::opening:
      return "opening";
  }
  return "unknown";
}

const char* to_string(PositionState state) noexcept {
  switch (state) {
    case PositionState::known:
      return "known";
    case PositionState::kept:
      return "kept";
    case PositionState::unknown:
      return "unknown";
    case PositionState::gone:
      return "gone";
  }
  return "unknown";
}

std::string Movement::explain() const {
  const auto number = [](const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "?"; };
  std::string text = to_table_text(observed_at) + "  " + warehouse.name + "  ";
  if (!before && seq == 1) {
    text += "first seen with " + number(after);
  } else if (kind == MovementKind::opening) {
    text += "held " + number(after);
  } else if (kept()) {
    text += number(after) + " kept: the answer left it out";
  } else {
    text += number(before) + " -> " + number(after);
    const std::int64_t by = delta();
    if (by != 0) text += " (" + std::string(by > 0 ? "+" : "") + std::to_string(by) + ")";
  }
  text += std::string("  ") + to_string(kind);
  if (!run.is_nil()) text += "  run " + run.text();
  if (!cause.empty()) text += "  " + cause;
  return text;
}

}  // namespace stocktracker::inline v0
