// Errors of the library as Python exceptions, and back.
#pragma once

#include <pybind11/pybind11.h>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/result.hpp>

#include <string>

namespace stkpy {

namespace py = pybind11;
namespace st = stocktracker;

// The exception of the error's kind. The GIL must be held.
py::object exception_of(const st::Error& error);
[[noreturn]] void raise(const st::Error& error);

template <class T>
T value_or_raise(st::Result<T>&& result) {
  if (!result) raise(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// The exception that user code raised when the library called it, as an error. `where` names the call. An exception
// that is not ours goes to sys.unraisablehook with its traceback; the error names its type and place, not its text,
// which may hold anything.
st::Error error_of(py::error_already_set& raised, const std::string& where);

void bind_errors(py::module_& module);

}  // namespace stkpy
