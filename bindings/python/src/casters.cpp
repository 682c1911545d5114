// Instants, durations and datetime objects, one into the other.
#include "bindings/python/src/casters.hpp"

#include <datetime.h>

#include <chrono>
#include <cmath>

namespace stkpy {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

void need_datetime() {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  if (PyDateTimeAPI == nullptr) throw py::error_already_set();
}

std::int64_t micros_of(PyObject* delta) {
  return PyDateTime_DELTA_GET_DAYS(delta) * kMicrosPerDay +
         PyDateTime_DELTA_GET_SECONDS(delta) * std::int64_t{1'000'000} + PyDateTime_DELTA_GET_MICROSECONDS(delta);
}

}  // namespace

PyObject* datetime_of(st::Instant at) {
  need_datetime();
  const auto day = std::chrono::floor<days>(std::chrono::microseconds(at.micros()));
  const year_month_day date{sys_days(day)};
  const auto rest = std::chrono::microseconds(at.micros()) - day;
  const int year = static_cast<int>(date.year());
  if (year < 1 || year > 9999) raise(st::Error(st::Errc::out_of_range, "an instant outside the years 1 to 9999"));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest).count();
  const auto micros = rest.count() % 1'000'000;
  PyObject* made = PyDateTimeAPI->DateTime_FromDateAndTime(
      year, static_cast<int>(unsigned(date.month())), static_cast<int>(unsigned(date.day())),
      static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
      static_cast<int>(micros), PyDateTimeAPI->TimeZone_UTC, PyDateTimeAPI->DateTimeType);
  if (made == nullptr) throw py::error_already_set();
  return made;
}

st::Instant instant_of(py::handle datetime) {
  need_datetime();
  PyObject* at = datetime.ptr();
  if (!PyDateTime_Check(at)) throw py::type_error("a datetime with a zone is needed, e.g. datetime.now(timezone.utc)");
  const py::object offset = datetime.attr("utcoffset")();
  if (offset.is_none()) {
    raise(st::Error(st::Errc::invalid_argument,
                    "a datetime without a zone: nobody knows which instant it is; give it a tzinfo"));
  }
  const sys_days day = year_month_day(std::chrono::year(PyDateTime_GET_YEAR(at)),
                                      std::chrono::month(static_cast<unsigned>(PyDateTime_GET_MONTH(at))),
                                      std::chrono::day(static_cast<unsigned>(PyDateTime_GET_DAY(at))));
  const std::int64_t seconds = PyDateTime_DATE_GET_HOUR(at) * std::int64_t{3600} +
                               PyDateTime_DATE_GET_MINUTE(at) * std::int64_t{60} + PyDateTime_DATE_GET_SECOND(at);
  return st::Instant::from_micros(day.time_since_epoch().count() * kMicrosPerDay + seconds * 1'000'000 +
                                  PyDateTime_DATE_GET_MICROSECOND(at) - micros_of(offset.ptr()));
}

py::object timedelta_of(st::Duration duration) {
  need_datetime();
  const auto full_days = std::chrono::floor<days>(duration);
  const auto rest = duration - full_days;
  PyObject* made = PyDelta_FromDSU(static_cast<int>(full_days.count()), static_cast<int>(rest.count() / 1'000'000),
                                   static_cast<int>(rest.count() % 1'000'000));
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

bool duration_of(py::handle object, st::Duration& duration) {
  need_datetime();
  if (PyDelta_Check(object.ptr())) {
    duration = st::Duration(micros_of(object.ptr()));
    return true;
  }
  if (py::isinstance<py::bool_>(object)) return false;
  if (!py::isinstance<py::int_>(object) && !py::isinstance<py::float_>(object)) return false;
  const double seconds = object.cast<double>();
  if (!std::isfinite(seconds) || std::fabs(seconds) > 1e12) {
    raise(st::Error(st::Errc::invalid_argument, "a duration must be a finite number of seconds"));
  }
  duration = st::Duration(std::llround(seconds * 1e6));
  return true;
}

bool load_timeout(py::handle from, Timeout& timeout) {
  timeout.after.reset();
  if (from.is_none()) return true;
  st::Duration wait{};
  if (!duration_of(from, wait)) throw py::type_error("timeout must be seconds, a timedelta or None");
  timeout.after = wait;
  return true;
}

bool load_progress(py::handle from, ProgressArgument& progress) {
  if (from.is_none() || from.is(py::bool_(false))) {
    progress.callable = py::none();
  } else if (from.is(py::bool_(true))) {
    progress.callable = py::module_::import("stocktracker.progress").attr("Meter")();
  } else if (PyCallable_Check(from.ptr()) != 0) {
    progress.callable = py::reinterpret_borrow<py::object>(from);
  } else {
    throw py::type_error("progress must be True, None or a callable (stage, done, expected)");
  }
  return true;
}

bool load_path(py::handle from, PathText& path) {
  PyObject* bytes = nullptr;
  if (PyUnicode_FSConverter(from.ptr(), &bytes) == 0) throw py::error_already_set();
  path.text = py::reinterpret_steal<py::bytes>(bytes);
  return true;
}

py::object table_of(py::object list) {
  return py::module_::import("stocktracker.tables").attr("Rows")(std::move(list));
}

}  // namespace stkpy
