// Docs, signatures and TypeErrors of bound functions. pybind11 writes them for readers who know the C++ types, and
// repeats the arguments, secrets among them, in its TypeErrors.
#include "bindings/python/src/signatures.hpp"

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace stkpy {
namespace {

namespace py = pybind11;

PyCFunctionWithKeywords dispatcher = nullptr;  // pybind11's, one for all functions

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// "self: stocktracker._native.Sync" -> "self"; "<Absent.ZERO: 'zero'>" -> "'zero'".
std::string readable(std::string doc) {
  replace_all(doc, "stocktracker._native.", "");
  replace_all(doc, "account: AccountId", "account: Union[Account, AccountId]");
  replace_all(doc, "account: Optional[AccountId]", "account: Union[Account, AccountId, None]");
  replace_all(doc, "tenant: TenantId", "tenant: Union[Tenant, TenantId]");
  replace_all(doc, "tenant: Optional[TenantId]", "tenant: Union[Tenant, TenantId, None]");
  // A class that is bound later has its C++ name.
  for (const std::string_view scope : {"stocktracker::v0::", "stocktracker::testing::", "stkpy::"}) {
    replace_all(doc, scope, "");
  }
  replace_all(doc, "(arg0: ", "(self: ");  // of a getter
  for (std::size_t at = 0; (at = doc.find("(self: ", at)) != std::string::npos;) {
    at += std::string_view("(self").size();
    doc.erase(at, doc.find_first_of(",)", at) - at);
  }
  for (std::size_t at = 0; (at = doc.find("= <", at)) != std::string::npos; ++at) {
    const std::size_t end = doc.find('>', at);
    const std::size_t text = doc.find(": '", at);
    if (end == std::string::npos || text == std::string::npos || text > end) continue;
    doc.erase(end, 1);
    doc.erase(at + 2, text - at);  // keeps the quoted text
  }
  return doc;
}

// The parameters of "name(a: int, *, b: str = 'x') -> T", as texts.
std::vector<std::string> parameters_of(std::string_view line) {
  std::vector<std::string> found;
  const std::size_t open = line.find('(');
  int depth = 0;
  char quote = 0;
  std::string one;
  for (const char c : line.substr(open + 1)) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '[' || c == '(' || c == '{') {
      ++depth;
    } else if (c == ')' && depth == 0) {
      if (!one.empty()) found.push_back(one);
      return found;
    } else if (c == ']' || c == ')' || c == '}') {
      --depth;
    }
    if (c == ',' && depth == 0 && quote == 0) {
      found.push_back(std::exchange(one, {}));
    } else if (c != ' ' || !one.empty()) {
      one += c;
    }
  }
  return {};
}

bool is_literal(std::string_view value) {
  return value == "None" || value == "True" || value == "False" || value == "()" || value == "[]" || value == "{}" ||
         value.find_first_not_of("-0123456789.") == std::string_view::npos ||
         (value.size() >= 2 && value.front() == '\'' && value.back() == '\'');
}

// A duration may be given in seconds: "datetime.timedelta(days=1, seconds=5)" -> "86405".
std::string literal(const std::string& value) {
  if (is_literal(value)) return value;
  const std::string_view type = "datetime.timedelta(";
  if (!value.starts_with(type)) return "...";
  const auto part = [&](const char* name) {
    const std::size_t at = value.find(name);
    return at == std::string::npos ? 0L : std::strtol(value.c_str() + at + std::strlen(name), nullptr, 10);
  };
  if (value.find("microseconds=") != std::string::npos) {
    const std::string all = std::to_string(part("days=") * 86'400 + part("(seconds=") + part(" seconds="));
    return all + "." + std::to_string(1'000'000 + part("microseconds=")).substr(1);
  }
  return std::to_string(part("days=") * 86'400 + part("(seconds=") + part(" seconds="));
}

// What inspect.signature() reads: names and defaults. Empty: overloaded, or written otherwise.
std::string text_signature(const std::string& name, std::string_view line) {
  if (line.find("*args, **kwargs)") != std::string_view::npos) return {};
  std::string made;
  for (const std::string& parameter : parameters_of(line)) {
    if (!made.empty()) made += ", ";
    const std::size_t colon = parameter.find(':');
    made += parameter.substr(0, colon);
    const std::size_t equals = parameter.rfind(" = ");
    if (equals == std::string::npos) continue;
    made += '=' + literal(parameter.substr(equals + 3));
  }
  return name + "(" + made + ")\n--\n\n";
}

bool is_of_the_call(PyObject* type, const std::string& message) {
  if (PyErr_GivenExceptionMatches(type, PyExc_TypeError) != 0) {
    return message.find("(): incompatible ") != std::string::npos;
  }
  return PyErr_GivenExceptionMatches(type, PyExc_RuntimeError) != 0 && message.starts_with("Unable to cast Python ");
}

// Replaces the raised exception if it is pybind11's about the arguments.
void explain(const py::detail::function_record& record, PyObject* args, PyObject* kwargs) {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyObject* const shown = value != nullptr ? PyObject_Str(value) : nullptr;
  const char* const text = shown != nullptr ? PyUnicode_AsUTF8(shown) : nullptr;
  const bool ours = text != nullptr && is_of_the_call(type, text);
  Py_XDECREF(shown);
  PyErr_Clear();
  if (!ours) {
    PyErr_Restore(type, value, trace);
    return;
  }
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  try {
    const py::object given = kwargs != nullptr ? py::reinterpret_borrow<py::object>(kwargs) : py::object(py::dict());
    const py::object message =
        py::module_::import("stocktracker._arguments")
            .attr("explain")(record.scope, record.name, record.is_method, py::handle(args), given);
    PyErr_SetObject(PyExc_TypeError, message.ptr());
  } catch (py::error_already_set& failed) {
    failed.discard_as_unraisable(record.name);
    PyErr_Format(PyExc_TypeError, "%s(): wrong arguments; see help()", record.name);
  }
}

PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  PyObject* const result = dispatcher(self, args, kwargs);
  if (result != nullptr ||
      (PyErr_ExceptionMatches(PyExc_TypeError) == 0 && PyErr_ExceptionMatches(PyExc_RuntimeError) == 0)) {
    return result;
  }
  const auto* record =
      static_cast<const py::detail::function_record*>(PyCapsule_GetPointer(self, PyCapsule_GetName(self)));
  if (record != nullptr && record->scope && record->name != nullptr) explain(*record, args, kwargs);
  return nullptr;
}

void polish(PyObject* object) {
  if (PyInstanceMethod_Check(object)) object = PyInstanceMethod_GET_FUNCTION(object);
  if (PyCFunction_Check(object) == 0) return;
  auto* const function = reinterpret_cast<PyCFunctionObject*>(object);
  if (function->m_self == nullptr || PyCapsule_CheckExact(function->m_self) == 0) return;
  PyMethodDef& definition = *function->m_ml;
  const auto as_called = reinterpret_cast<PyCFunctionWithKeywords>(reinterpret_cast<void (*)()>(definition.ml_meth));
  if (as_called == &call) return;
  Py_XSETREF(function->m_module, PyUnicode_FromString("stocktracker"));
  dispatcher = as_called;
  definition.ml_meth = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&call));
  if (definition.ml_doc == nullptr) return;
  const std::string doc = readable(definition.ml_doc);
  const std::string signature = text_signature(definition.ml_name, doc.substr(0, doc.find('\n')));
  // pybind11 frees it with free().
  std::free(const_cast<char*>(definition.ml_doc));
  definition.ml_doc = strdup((signature + doc).c_str());
}

void polish_attribute(const py::handle value) {
  if (PyObject_TypeCheck(value.ptr(), &PyStaticMethod_Type) != 0) {
    polish(py::object(value.attr("__func__")).ptr());
  } else if (PyCFunction_Check(value.ptr()) != 0 || PyInstanceMethod_Check(value.ptr())) {
    polish(value.ptr());
  } else if (PyObject_TypeCheck(value.ptr(), &PyProperty_Type) != 0) {
    polish(py::object(value.attr("fget")).ptr());
    polish(py::object(value.attr("fset")).ptr());
  }
}

// Where a class or function is imported from: tp_name is what pybind11's messages show.
void set_module(const py::object& bound, const std::string& module) {
  if (PyCFunction_Check(bound.ptr()) != 0) {
    Py_XSETREF(reinterpret_cast<PyCFunctionObject*>(bound.ptr())->m_module, py::str(module).release().ptr());
    return;
  }
  bound.attr("__module__") = module;
  const std::string name = module + "." + py::str(bound.attr("__qualname__")).cast<std::string>();
  reinterpret_cast<PyTypeObject*>(bound.ptr())->tp_name = strdup(name.c_str());  // lives as long as the class
}

}  // namespace

void polish_functions(py::module_& module) {
  module.def("_set_module", &set_module, py::arg("bound"), py::arg("module"));
  for (const auto& [name, value] : py::dict(module.attr("__dict__"))) {
    polish_attribute(value);
    if (PyType_Check(value.ptr()) == 0) continue;
    for (const py::handle attribute : py::list(value.attr("__dict__").attr("values")())) polish_attribute(attribute);
  }
}

}  // namespace stkpy
