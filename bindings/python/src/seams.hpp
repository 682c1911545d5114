// Seams of the engine written in Python: a transport, a clock, telemetry, keys, an audit.
#pragma once

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/telemetry.hpp>

#include "bindings/python/src/casters.hpp"
#include "bindings/python/src/held.hpp"

namespace stkpy {

// Each makes a port of a Python object, with the GIL; None is null. Raises TypeError if the object lacks a method.
// Objects of the library's own (a world's transport and clock) are taken as they are.
std::shared_ptr<st::HttpTransport> transport_of(const py::object& given, std::shared_ptr<st::Clock> clock);
std::shared_ptr<st::Clock> clock_of(const py::object& given);
std::shared_ptr<st::Telemetry> telemetry_of(const py::object& given);
std::shared_ptr<st::KeyProvider> keys_of(const py::object& given);
std::shared_ptr<st::AuditSink> audit_of(const py::object& given);

// Ctrl-C within a seam must not be lost there: while it lives, the caller can say what was raised; then the interrupt
// is set again, and raised when the caller is back in Python. With the GIL.
class InterruptAgain {
 public:
  explicit InterruptAgain(const py::error_already_set& raised) : is_(raised.matches(PyExc_KeyboardInterrupt)) {}
  InterruptAgain(const InterruptAgain&) = delete;
  InterruptAgain& operator=(const InterruptAgain&) = delete;
  ~InterruptAgain() {
    if (is_) PyErr_SetInterrupt();
  }
  [[nodiscard]] bool is() const noexcept { return is_; }

 private:
  bool is_;
};

// The method of that name; null if the object has none. TypeError if it is required.
py::object method_of(const py::object& given, const char* seam, const char* method, bool required);

// "Courier.send raised OSError: no route (courier.py:12)", without the texts of `secrets`.
std::string what_was_raised(py::error_already_set& raised, const std::string& where,
                            const std::vector<const st::Secret*>& secrets = {});
// The same as an error; one of the package's exceptions is the error that it stands for.
st::Error seam_error(py::error_already_set& raised, const std::string& where,
                     const std::vector<const st::Secret*>& secrets = {});
// The error of a cast that failed within a seam.
st::Error seam_misuse(const std::string& where, const std::string& what);

void bind_transport(py::module_& module);
void bind_clock(py::module_& module);

}  // namespace stkpy
