// Casters: convert values of the library that are no bound classes to Python and back.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "bindings/python/src/errors.hpp"

namespace stkpy {

namespace py = pybind11;
namespace st = stocktracker;

// The members of stocktracker.values that stand for an enumeration's values. Filled once, when the module is imported.
template <class E>
struct Members {
  static constexpr std::size_t kMost = 64;
  static inline std::array<PyObject*, kMost> objects{};
  static inline const char* name = "";

  using Pairs = std::initializer_list<std::pair<E, const char*>>;
  template <class Range = Pairs>
  static void fill(const py::module_& values, const char* enum_name, const Range& all) {
    name = enum_name;
    const py::object members = values.attr(enum_name);
    for (const auto& [value, text] : all) {
      objects.at(static_cast<std::size_t>(value)) = py::object(members(text)).release().ptr();
    }
  }
};

// datetime with a zone, in microseconds.
PyObject* datetime_of(st::Instant at);
// A datetime without a zone is refused, because its instant is not known.
st::Instant instant_of(py::handle datetime);
py::object timedelta_of(st::Duration duration);
// Seconds, or a timedelta. False: neither.
bool duration_of(py::handle object, st::Duration& duration);

// Arguments that Python gives in several forms. Their casters say so in help().
struct Timeout {
  std::optional<st::Duration> after{};
};
struct ProgressArgument {
  py::object callable = py::none();
};
// A path of the file system, as text.
struct PathText {
  std::string text{};
};
bool load_timeout(py::handle from, Timeout& timeout);
bool load_progress(py::handle from, ProgressArgument& progress);
bool load_path(py::handle from, PathText& path);

// A list that a notebook shows as a table (stocktracker.tables).
template <class T>
struct Rows {
  std::vector<T> rows{};
};
template <class T>
st::Result<Rows<T>> as_rows(st::Result<std::vector<T>>&& rows) {
  if (!rows) return std::move(rows).error();
  return Rows<T>{std::move(rows).value()};
}
py::object table_of(py::object list);

}  // namespace stkpy

namespace PYBIND11_NAMESPACE {
namespace detail {

// A vector of secrets claims to be copyable.
template <>
struct is_copy_constructible<stocktracker::Credentials> : std::false_type {};

template <class E>
struct member_caster {
  E value{};
  template <class>
  using cast_op_type = E;
  operator E() const { return value; }  // NOLINT(google-explicit-constructor)
  static constexpr auto name = const_name("str");

  bool load(handle from, bool) {
    const auto& objects = stkpy::Members<E>::objects;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      if (objects[i] == from.ptr() && objects[i] != nullptr) {
        value = static_cast<E>(i);
        return true;
      }
    }
    if (!isinstance<str>(from)) return false;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      if (objects[i] == nullptr) continue;
      const int equal = PyObject_RichCompareBool(objects[i], from.ptr(), Py_EQ);
      if (equal < 0) throw error_already_set();
      if (equal == 1) {
        value = static_cast<E>(i);
        return true;
      }
    }
    stkpy::raise(st_error(std::string(str(from))));
  }
  static handle cast(E from, return_value_policy, handle) {
    return handle(stkpy::Members<E>::objects.at(static_cast<std::size_t>(from))).inc_ref();
  }

 private:
  static stocktracker::Error st_error(const std::string& text) {
    return stocktracker::Error(stocktracker::Errc::invalid_argument,
                               std::string(stkpy::Members<E>::name) + " has no member '" + text + "'");
  }
};

#define STKPY_ENUM(type) \
  template <>            \
  struct type_caster<type> : member_caster<type> {}
STKPY_ENUM(stocktracker::ErrorKind);
STKPY_ENUM(stocktracker::StockKind);
STKPY_ENUM(stocktracker::Absent);
STKPY_ENUM(stocktracker::OfferState);
STKPY_ENUM(stocktracker::WarehouseKind);
STKPY_ENUM(stocktracker::PositionState);
STKPY_ENUM(stocktracker::MovementKind);
STKPY_ENUM(stocktracker::SourceState);
STKPY_ENUM(stocktracker::Disposition);
STKPY_ENUM(stocktracker::RunState);
STKPY_ENUM(stocktracker::HealthState);
STKPY_ENUM(stocktracker::OrderStatus);
STKPY_ENUM(stocktracker::TenantState);
STKPY_ENUM(stocktracker::Permission);
STKPY_ENUM(stocktracker::StockAlert);
STKPY_ENUM(stocktracker::MatchedBy);
STKPY_ENUM(stocktracker::ProductMatch);
STKPY_ENUM(stocktracker::ReviewReason);
STKPY_ENUM(stocktracker::DaysOfStock::State);
STKPY_ENUM(stocktracker::testing::FaultKind);
STKPY_ENUM(stocktracker::testing::WildberriesTokenType);
#undef STKPY_ENUM

template <>
struct type_caster<stocktracker::Instant> {
  PYBIND11_TYPE_CASTER(stocktracker::Instant, const_name("datetime.datetime"));
  bool load(handle from, bool) {
    value = stkpy::instant_of(from);
    return true;
  }
  static handle cast(stocktracker::Instant from, return_value_policy, handle) { return stkpy::datetime_of(from); }
};

template <>
struct type_caster<stocktracker::Duration> {
  PYBIND11_TYPE_CASTER(stocktracker::Duration, const_name("datetime.timedelta"));
  bool load(handle from, bool) { return stkpy::duration_of(from, value); }
  static handle cast(stocktracker::Duration from, return_value_policy, handle) {
    return stkpy::timedelta_of(from).release();
  }
};

template <>
struct type_caster<stkpy::Timeout> {
  PYBIND11_TYPE_CASTER(stkpy::Timeout, const_name("Union[float, datetime.timedelta, None]"));
  bool load(handle from, bool) { return stkpy::load_timeout(from, value); }
  static handle cast(const stkpy::Timeout&, return_value_policy, handle) { return none().release(); }
};

template <>
struct type_caster<stkpy::ProgressArgument> {
  PYBIND11_TYPE_CASTER(stkpy::ProgressArgument, const_name("Union[bool, Callable[[str, int, int], object], None]"));
  bool load(handle from, bool) { return stkpy::load_progress(from, value); }
  static handle cast(const stkpy::ProgressArgument&, return_value_policy, handle) { return none().release(); }
};

template <>
struct type_caster<stkpy::PathText> {
  PYBIND11_TYPE_CASTER(stkpy::PathText, const_name("Union[str, os.PathLike]"));
  bool load(handle from, bool) { return stkpy::load_path(from, value); }
  static handle cast(const stkpy::PathText& from, return_value_policy, handle) {
    return PyUnicode_DecodeFSDefault(from.text.c_str());
  }
};

template <class T>
struct type_caster<stkpy::Rows<T>> {
  static constexpr auto name = const_name("List[") + make_caster<T>::name + const_name("]");
  static handle cast(stkpy::Rows<T>&& from, return_value_policy, handle) {
    list made(from.rows.size());
    for (std::size_t i = 0; i < from.rows.size(); ++i) {
      made[i] =
          reinterpret_steal<object>(make_caster<T>::cast(std::move(from.rows[i]), return_value_policy::move, handle()));
    }
    return stkpy::table_of(std::move(made)).release();
  }
};

template <>
struct type_caster<stocktracker::Quantity> {
  PYBIND11_TYPE_CASTER(stocktracker::Quantity, const_name("int"));
  bool load(handle, bool) { return false; }
  static handle cast(stocktracker::Quantity from, return_value_policy, handle) {
    return PyLong_FromLongLong(from.units());
  }
};

template <>
struct type_caster<stocktracker::Channel> {
  PYBIND11_TYPE_CASTER(stocktracker::Channel, const_name("str"));
  bool load(handle from, bool) {
    if (!isinstance<str>(from)) return false;
    value = stocktracker::Channel(from.cast<std::string>());
    return true;
  }
  static handle cast(const stocktracker::Channel& from, return_value_policy, handle) {
    const auto code = from.code();
    return PyUnicode_FromStringAndSize(code.data(), static_cast<Py_ssize_t>(code.size()));
  }
};

// A failure becomes the exception of its kind. A call_guard has ended by then: the GIL is held.
template <class T>
struct type_caster<stocktracker::Result<T>> {
  using Value = std::conditional_t<std::is_void_v<T>, void_type, T>;
  static constexpr auto name = make_caster<Value>::name;
  static handle cast(stocktracker::Result<T>&& from, return_value_policy policy, handle parent) {
    if (!from) stkpy::raise(from.error());
    if constexpr (std::is_void_v<T>) {
      return none().release();
    } else {
      return make_caster<T>::cast(std::move(from).value(), policy, parent);
    }
  }
};

}  // namespace detail
}  // namespace PYBIND11_NAMESPACE
