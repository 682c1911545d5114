// Exceptions of the library's errors, made and read back.
#include "bindings/python/src/errors.hpp"

#include "bindings/python/src/casters.hpp"

namespace stkpy {
namespace {

PyObject* exceptions = nullptr;  // kind -> class; lives as long as the interpreter
PyObject* base = nullptr;

constexpr int kCodes = 6'000;

const std::vector<std::pair<std::string, st::Errc>>& codes() {
  static const auto all = [] {
    std::vector<std::pair<std::string, st::Errc>> found;
    for (int number = 1; number < kCodes; ++number) {
      const auto code = static_cast<st::Errc>(number);
      const std::string name = to_string(code);
      if (code == st::Errc::internal || name != to_string(static_cast<st::Errc>(0))) found.emplace_back(name, code);
    }
    return found;
  }();
  return all;
}

st::Errc code_named(const std::string& name) {
  for (const auto& [known, code] : codes()) {
    if (known == name) return code;
  }
  return st::Errc::internal;
}

std::string text_of(py::handle object, const char* name) {
  const py::object text = py::getattr(object, name, py::str());
  return py::isinstance<py::str>(text) ? text.cast<std::string>() : std::string();
}

// "bazaar.py:42", of the innermost frame.
std::string place_of(py::error_already_set& raised) {
  py::object trace = raised.trace();
  if (!trace || trace.is_none()) return {};
  while (!trace.attr("tb_next").is_none()) trace = trace.attr("tb_next");
  const auto file = trace.attr("tb_frame").attr("f_code").attr("co_filename").cast<std::string>();
  return " (" + file.substr(file.rfind('/') + 1) + ":" + std::string(py::str(trace.attr("tb_lineno"))) + ")";
}

st::Error ours(const py::object& exception, const std::string& where) {
  st::ErrorDetails details;
  details.message = text_of(exception, "message");
  details.operation = where;
  details.field = text_of(exception, "field");
  details.vendor = text_of(exception, "vendor");
  details.vendor_code = text_of(exception, "vendor_code");
  details.vendor_request_id = text_of(exception, "vendor_request_id");
  if (const py::object status = py::getattr(exception, "http_status", py::int_(0)); py::isinstance<py::int_>(status)) {
    details.http_status = status.cast<int>();
  }
  details.retryable = py::bool_(py::getattr(exception, "retryable", py::bool_(false)));
  st::Duration wait{};
  if (duration_of(py::getattr(exception, "retry_after", py::none()), wait)) details.retry_after = wait;
  return {code_named(text_of(exception, "code")), std::move(details)};
}

}  // namespace

py::object exception_of(const st::Error& error) {
  const st::ErrorDetails& details = error.details();
  py::dict fields;
  fields["code"] = to_string(error.errc());
  fields["text"] = error.text();
  fields["public_message"] = error.public_message();
  fields["field"] = details.field;
  fields["operation"] = details.operation;
  fields["vendor"] = details.vendor;
  fields["vendor_code"] = details.vendor_code;
  fields["vendor_request_id"] = details.vendor_request_id;
  fields["request_id"] = details.request_id;
  fields["tenant"] = details.tenant;
  fields["account"] = details.account;
  fields["http_status"] = details.http_status;
  fields["attempts"] = details.attempts;
  fields["retryable"] = details.retryable;
  if (details.retry_after) fields["retry_after"] = timedelta_of(*details.retry_after);
  const py::object type = py::handle(exceptions)[py::str(to_string(error.kind()))];
  py::object exception = type(details.message, **fields);
  if (details.cause) exception.attr("__cause__") = exception_of(*details.cause);
  return exception;
}

void raise(const st::Error& error) {
  const py::object exception = exception_of(error);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw py::error_already_set();
}

st::Error error_of(py::error_already_set& raised, const std::string& where) {
  try {
    if (raised.matches(py::handle(base))) return ours(raised.value(), where);
    const std::string type = py::str(raised.type().attr("__name__"));
    st::Error error(st::Errc::internal, where + " raised " + type + place_of(raised));
    raised.discard_as_unraisable(where.c_str());
    return error;
  } catch (py::error_already_set& again) {
    again.discard_as_unraisable(where.c_str());
    return {st::Errc::internal, where + " raised an exception that cannot be read"};
  }
}

void bind_errors(py::module_& module) {
  const py::module_ errors = py::module_::import("stocktracker.errors");
  exceptions = py::object(errors.attr("_CLASSES")).release().ptr();
  base = py::object(errors.attr("StockError")).release().ptr();
  module.def(
      "error_codes",
      [] {
        py::dict all;
        for (const auto& [name, code] : codes()) all[py::str(name)] = py::cast(kind_of(code));
        return all;
      },
      "Every code with its kind.");
}

}  // namespace stkpy
