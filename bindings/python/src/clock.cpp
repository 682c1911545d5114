// Clock, ManualClock, and a clock written in Python.
#include <stocktracker/testing/manual_clock.hpp>

#include <algorithm>
#include <condition_variable>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/seams.hpp"

namespace stkpy {
namespace {

namespace tt = st::testing;

// Real time between two looks at a clock that somebody else moves.
constexpr auto kLongestLook = std::chrono::milliseconds(50);
constexpr auto kShortestLook = std::chrono::milliseconds(1);

// now() cannot fail: while the object raises, time stands still, and waiting ends with the error.
class PythonClock final : public st::Clock {
 public:
  explicit PythonClock(const py::object& given)
      : name_(py::str(py::type::of(given).attr("__name__"))),
        now_(method_of(given, "clock", "now", true)),
        wait_(method_of(given, "clock", "wait_until", false)) {
    last_ = now_.get()().cast<st::Instant>();
  }

  [[nodiscard]] st::Instant now() const override {
    auto read = read_now();
    const std::lock_guard lock(mutex_);
    if (read) last_ = read.value();
    return last_;
  }

  st::Result<void> wait_until(st::Instant at, std::stop_token stop) override {
    while (true) {
      if (stop.stop_requested()) return st::Error(st::Errc::cancelled);
      STK_TRY(const st::Instant before, read_now());
      if (before >= at) return st::success();
      STK_TRY(sleep(at));
      STK_TRY(const st::Instant after, read_now());
      if (after >= at) return st::success();
      const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - after);
      const std::chrono::milliseconds look =
          after > before ? kShortestLook : std::clamp(rest, kShortestLook, kLongestLook);
      std::unique_lock lock(mutex_);
      std::condition_variable_any().wait_for(lock, stop, look, [] { return false; });
    }
  }

 private:
  [[nodiscard]] st::Result<st::Instant> read_now() const {
    const std::string where = name_ + ".now";
    if (Held::ending()) return st::Error(st::Errc::cancelled, "the process ends").during(where);
    const Acquired gil;
    const WithinCallback within;
    try {
      return called(now_.get()).cast<st::Instant>();
    } catch (py::error_already_set& raised) {
      return failed(seam_error(raised, where));
    } catch (const py::builtin_exception& refused) {
      return failed(seam_misuse(where, std::string("gave no time: ") + refused.what()));
    }
  }
  // With the GIL. The first failure is shown: a caller of now() never learns of it.
  [[nodiscard]] st::Error failed(st::Error error) const {
    if (!reported_.exchange(true)) {
      PyErr_SetString(PyExc_RuntimeError, error.text().c_str());
      PyErr_WriteUnraisable(now_.get().ptr());
    }
    return error;
  }
  [[nodiscard]] st::Result<void> sleep(st::Instant at) const {
    const std::string where = name_ + ".wait_until";
    const Acquired gil;
    if (wait_.get().is_none()) return st::success();
    const WithinCallback within;
    try {
      called(wait_.get(), at);
      return st::success();
    } catch (py::error_already_set& raised) {
      return seam_error(raised, where);
    }
  }

  std::string name_;
  Held now_;
  Held wait_;
  mutable std::mutex mutex_;
  mutable st::Instant last_;
  mutable std::atomic<bool> reported_ = false;
};

}  // namespace

std::shared_ptr<st::Clock> clock_of(const py::object& given) {
  if (given.is_none()) return nullptr;
  if (py::isinstance<st::Clock>(given)) return given.cast<std::shared_ptr<st::Clock>>();
  return std::make_shared<PythonClock>(given);
}

void bind_clock(py::module_& module) {
  py::class_<st::Clock, std::shared_ptr<st::Clock>>(module, "Clock", "The source of an engine's time.")
      .def("now", &st::Clock::now)
      .def("__repr__", [](const st::Clock& clock) {
        return "<Clock at " + std::string(py::str(py::cast(clock.now()).attr("isoformat")())) + ">";
      });
  py::class_<tt::ManualClock, st::Clock, std::shared_ptr<tt::ManualClock>>(
      module, "ManualClock",
      "Virtual time, moved by its owner; and by itself when the engine waits, so that no wait takes real time.")
      .def(py::init([](std::optional<st::Instant> start) {
             return std::make_shared<tt::ManualClock>(start.value_or(tt::ManualClock::kStart));
           }),
           py::arg("start") = py::none())
      .def("advance", &tt::ManualClock::advance, py::arg("by"))
      .def("advance_to", &tt::ManualClock::advance_to, py::arg("at"), "Never moves back: earlier times are ignored.")
      .def("step_back", &tt::ManualClock::step_back, py::arg("by"),
           "Sets the time back, as can happen to a machine's clock.");
}

}  // namespace stkpy
