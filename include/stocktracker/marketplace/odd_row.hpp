/// @file
/// Odd rows: rows of an answer that a connector could not read as documented, as it reports them.
#pragma once

#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

enum class RowOddity : unsigned char {
  unreadable,  ///< the row is left out; stored data about its subject stay unchanged
  oversold,    ///< a negative amount: the row is delivered with 0
  incomplete,  ///< the row is delivered without a member that could not be read
};

/// Views are valid during the call.
struct OddRow {
  RowOddity kind = RowOddity::unreadable;
  std::string_view reason{};    ///< the member and what is wrong with it: "offer_id is empty"; never its value
  std::string_view location{};  ///< its position in the answer: "stocks[3]"
  /// The subject: Offer::key, or OrderLineRow::order for order lines. Empty: not known, and then a position that the
  /// answer leaves out is not treated as absent.
  std::string_view key{};
};

/// Base of the sinks of all lists.
///
/// @code
/// const auto report = [](st::AnswerSink& sink) {
///   sink.odd_row({.reason = "free is not a number", .location = "stocks[3]", .key = "007"});
/// };
/// @endcode
class STK_API AnswerSink {
 public:
  AnswerSink() = default;
  AnswerSink(const AnswerSink&) = delete;
  AnswerSink& operator=(const AnswerSink&) = delete;
  virtual ~AnswerSink();
  /// A row that the connector left out or had to change. The engine counts such rows, names them in the run, and fails
  /// the source if there are too many. The default does nothing.
  virtual void odd_row(const OddRow& row);
};

}  // namespace stocktracker::inline v0
