/// @file
/// Odd rows: rows of an answer that are not what they should be, as a connector reports them.
#pragma once

#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

enum class RowOddity : unsigned char {
  unreadable,  ///< left out; what is known of its subject stays as it is
  oversold,    ///< a negative amount: the row is delivered with 0
  incomplete,  ///< the row is delivered without a member that could not be read
};

/// Views are valid during the call.
struct OddRow {
  RowOddity kind = RowOddity::unreadable;
  std::string_view reason{};  ///< the member and what is wrong with it: "offer_id is empty"; never its value
  std::string_view place{};   ///< where it stands: "stocks[3]"
  /// Whom it is about: Offer::key, or OrderLineRow::order for order lines. Empty: it does not say, and then the
  /// answer's silence means nothing about anybody.
  std::string_view key{};
};

/// What the sinks of all lists have in common.
class STK_API AnswerSink {
 public:
  AnswerSink() = default;
  AnswerSink(const AnswerSink&) = delete;
  AnswerSink& operator=(const AnswerSink&) = delete;
  virtual ~AnswerSink();
  /// A row that the connector left out or had to change. The engine counts them, names them in the run, and fails the
  /// source where they are too many. By default nothing.
  virtual void odd_row(const OddRow& row);
};

}  // namespace stocktracker::inline v0
