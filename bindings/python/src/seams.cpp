// Telemetry, keys and audit written in Python, and what every seam says of an exception.
#include "bindings/python/src/seams.hpp"

#include <atomic>
#include <stdexcept>

#include "bindings/python/src/calls.hpp"

namespace stkpy {
namespace {

std::string class_of(const py::object& object) { return py::str(py::type::of(object).attr("__name__")); }

// Text of the library, which is UTF-8 unless it quotes bytes of somebody else.
py::str text(std::string_view from) {
  PyObject* made = PyUnicode_DecodeUTF8(from.data(), static_cast<Py_ssize_t>(from.size()), "replace");
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(made);
}

py::dict dict_of(std::span<const st::MetricLabel> labels) {
  py::dict made;
  for (const auto& label : labels) made[text(label.name)] = text(label.value);
  return made;
}

// What the object raises is thrown, so that the engine counts it and Engine.doctor reports it; the first time its
// traceback goes to sys.unraisablehook.
class PythonTelemetry final : public st::Telemetry {
 public:
  explicit PythonTelemetry(const py::object& given)
      : name_(class_of(given)),
        count_(method_of(given, "telemetry", "count", false)),
        observe_(method_of(given, "telemetry", "observe", false)),
        log_(method_of(given, "telemetry", "log", false)) {}

  void count(std::string_view metric, std::int64_t by, std::span<const st::MetricLabel> labels) override {
    call(count_, "count", [&](const py::object& count) { called(count, text(metric), by, dict_of(labels)); });
  }
  void observe(std::string_view metric, st::Duration value, std::span<const st::MetricLabel> labels) override {
    call(observe_, "observe",
         [&](const py::object& observe) { called(observe, text(metric), timedelta_of(value), dict_of(labels)); });
  }
  void log(const st::LogEvent& event) override {
    call(log_, "log", [&](const py::object& log) {
      py::dict fields;
      for (const auto& field : event.fields) fields[text(field.name)] = text(field.value);
      called(log, py::module_::import("stocktracker.seams")
                      .attr("LogEvent")(to_string(event.severity), text(event.name), text(event.message), fields));
    });
  }

  [[nodiscard]] bool idle() const { return count_.get().is_none() && observe_.get().is_none() && log_.get().is_none(); }

 private:
  template <class F>
  void call(const Held& method, const char* name, F body) {
    if (Held::ending()) return;
    std::string raised_text;
    {
      const Acquired gil;
      if (method.get().is_none()) return;
      const WithinCallback within;
      try {
        body(method.get());
        return;
      } catch (py::error_already_set& raised) {
        const InterruptAgain interrupt(raised);
        const std::string where = name_ + "." + name;
        raised_text = what_was_raised(raised, where);
        if (!interrupt.is() && !reported_.exchange(true)) raised.discard_as_unraisable(where.c_str());
      }
    }
    throw std::runtime_error(raised_text);
  }

  std::string name_;
  Held count_;
  Held observe_;
  Held log_;
  std::atomic<bool> reported_ = false;
};

class PythonKeys final : public st::KeyProvider {
 public:
  explicit PythonKeys(const py::object& given)
      : name_(class_of(given)),
        current_(method_of(given, "keys", "current", true)),
        find_(method_of(given, "keys", "find", true)),
        ids_(method_of(given, "keys", "ids", false)),
        make_current_(method_of(given, "keys", "make_current", false)) {}

  st::Result<st::SealingKey> current() override {
    return call<st::SealingKey>("current", [&] { return key(called(current_.get()), "current"); });
  }
  st::Result<st::SealingKey> find(std::string_view id) override {
    return call<st::SealingKey>("find", [&]() -> st::Result<st::SealingKey> {
      const py::object found = called(find_.get(), text(id));
      if (found.is_none()) return st::Error(st::Errc::key_missing, name_ + " has no key '" + std::string(id) + "'");
      return key(found, "find");
    });
  }
  st::Result<std::vector<std::string>> ids() override {
    if (!has(ids_)) return st::KeyProvider::ids();
    return call<std::vector<std::string>>("ids", [&]() -> st::Result<std::vector<std::string>> {
      std::vector<std::string> all;
      for (const py::handle id : py::iter(called(ids_.get()))) all.push_back(id.cast<std::string>());
      return all;
    });
  }
  st::Result<std::string> make_current() override {
    if (!has(make_current_)) return st::KeyProvider::make_current();
    return call<std::string>(
        "make_current", [&]() -> st::Result<std::string> { return called(make_current_.get()).cast<std::string>(); });
  }

 private:
  static bool has(const Held& method) {
    if (Held::ending()) return true;  // the call says why it cannot be made
    const Acquired gil;
    return !method.get().is_none();
  }
  template <class T, class F>
  st::Result<T> call(const char* method, F body) {
    const std::string where = name_ + "." + method;
    if (Held::ending()) return st::Error(st::Errc::cancelled, "the process ends").during(where);
    const Acquired gil;
    const WithinCallback within;
    try {
      return body();
    } catch (py::error_already_set& raised) {
      return seam_error(raised, where);
    } catch (const py::cast_error&) {
      return seam_misuse(where, "returned a value of the wrong type");
    }
  }
  [[nodiscard]] st::Result<st::SealingKey> key(const py::object& given, const char* method) const {
    const py::object id = py::getattr(given, "id", py::none());
    const py::object secret = py::getattr(given, "key", py::none());
    if (!py::isinstance<py::str>(id) || !py::isinstance<st::Secret>(secret)) {
      return seam_misuse(name_ + "." + method, "must return a SealingKey(id, key), not " + class_of(given));
    }
    return st::SealingKey{id.cast<std::string>(), secret.cast<const st::Secret&>().clone()};
  }

  std::string name_;
  Held current_;
  Held find_;
  Held ids_;
  Held make_current_;
};

// Passes each event to a callable. What it raises goes to sys.unraisablehook, and into the log as "audit.failed": the
// action stays done.
class PythonAudit final : public st::AuditSink {
 public:
  explicit PythonAudit(py::object callable) : callable_(std::move(callable)) {}
  void record(const st::AuditEvent& event) override {
    if (Held::ending()) return;
    std::string raised_text;
    {
      const Acquired acquired;
      const WithinCallback within;
      try {
        called(callable_.get(), event);
        return;
      } catch (py::error_already_set& raised) {
        const InterruptAgain interrupt(raised);
        raised_text = what_was_raised(raised, "audit");
        if (!interrupt.is()) raised.discard_as_unraisable("audit");
      }
    }
    throw std::runtime_error(raised_text);
  }

 private:
  Held callable_;
};

// "bazaar.py:42", of the innermost frame.
std::string place_of(py::error_already_set& raised) {
  py::object trace = raised.trace();
  if (!trace || trace.is_none()) return {};
  while (!trace.attr("tb_next").is_none()) trace = trace.attr("tb_next");
  const auto file = trace.attr("tb_frame").attr("f_code").attr("co_filename").cast<std::string>();
  return " (" + file.substr(file.rfind('/') + 1) + ":" + std::string(py::str(trace.attr("tb_lineno"))) + ")";
}

void hide(std::string& shown, std::string_view secret) {
  if (secret.empty()) return;
  for (std::size_t at = 0; (at = shown.find(secret, at)) != std::string::npos;) {
    shown.replace(at, secret.size(), st::Secret::text());
    at += std::string_view(st::Secret::text()).size();
  }
}

}  // namespace

py::object method_of(const py::object& given, const char* seam, const char* method, bool required) {
  py::object found = py::getattr(given, method, py::none());
  const bool callable = PyCallable_Check(found.ptr()) != 0;
  if (callable) return found;
  if (required || !found.is_none()) {
    throw py::type_error(std::string(seam) + " must be an object with a method " + method + "(); " + class_of(given) +
                         " has none");
  }
  return py::none();
}

std::string what_was_raised(py::error_already_set& raised, const std::string& where,
                            const std::vector<const st::Secret*>& secrets) {
  try {
    const std::string type = py::str(raised.type().attr("__name__"));
    PyObject* const said = PyObject_Str(raised.value().ptr());
    if (said == nullptr) throw py::error_already_set();
    std::string shown = py::reinterpret_steal<py::str>(said);
    for (const st::Secret* secret : secrets) hide(shown, secret->reveal());
    return where + " raised " + type + (shown.empty() ? "" : ": ") + shown + place_of(raised);
  } catch (py::error_already_set& again) {
    again.discard_as_unraisable(where.c_str());
    return where + " raised an exception that cannot be read";
  }
}

st::Error seam_error(py::error_already_set& raised, const std::string& where,
                     const std::vector<const st::Secret*>& secrets) {
  const py::object base = py::module_::import("stocktracker.errors").attr("StockError");
  if (raised.matches(base)) return error_of(raised, where);
  const InterruptAgain interrupt(raised);
  return {interrupt.is() ? st::Errc::cancelled : st::Errc::internal, what_was_raised(raised, where, secrets)};
}

st::Error seam_misuse(const std::string& where, const std::string& what) {
  return {st::Errc::internal, where + " " + what};
}

std::shared_ptr<st::Telemetry> telemetry_of(const py::object& given) {
  if (given.is_none()) return nullptr;
  auto made = std::make_shared<PythonTelemetry>(given);
  if (made->idle()) {
    throw py::type_error("telemetry must be an object with a method count(), observe() or log(); " + class_of(given) +
                         " has none");
  }
  return made;
}

std::shared_ptr<st::KeyProvider> keys_of(const py::object& given) {
  if (given.is_none()) return nullptr;
  return std::make_shared<PythonKeys>(given);
}

std::shared_ptr<st::AuditSink> audit_of(const py::object& given) {
  if (given.is_none()) return nullptr;
  if (PyCallable_Check(given.ptr()) == 0) throw py::type_error("audit must be a callable or None");
  return std::make_shared<PythonAudit>(given);
}

}  // namespace stkpy
