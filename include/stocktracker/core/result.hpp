/// @file
/// Result<T>: a value or an Error, always exactly one of them. No public function of the library throws.
#pragma once

#include <stocktracker/abi.hpp>  // first: it ends the compilation where the language is older than C++20

#include <boost/version.hpp>
#if BOOST_VERSION < 107600
#error "stocktracker needs Boost 1.76 or newer: on Debian 12 install the package libboost1.81-dev"
#endif
#include <boost/outcome/std_result.hpp>
#include <boost/outcome/try.hpp>

#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0 {

/// Returned by every function that can fail. Test it (`if (r)`), read it (`r.value()`, which throws StockError on
/// failure), or pass its failure on with STK_TRY.
///
/// @code
/// const auto total = engine.stock().total(account.id);
/// if (!total) return total.error();                           // the same as STK_TRY(const auto total, ...)
/// const std::int64_t units = total.value().on_hand.units();  // value() of a failure throws StockError
/// @endcode
template <class T>
using Result = BOOST_OUTCOME_V2_NAMESPACE::std_result<T, Error>;

/// `return success();` ends a function that returns Result<void>.
using BOOST_OUTCOME_V2_NAMESPACE::success;

}  // namespace stocktracker::inline v0

/// `STK_TRY(auto x, f());` binds the value or returns the error from the enclosing function; `STK_TRY(f());` for void.
/// It cannot bind a structured binding: bind first, then unpack. It is more than one statement: after `if` it needs
/// braces.
#define STK_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
