// A Python object inside an object of the library, which may be destroyed by any thread.
#pragma once

#include <pybind11/pybind11.h>

#include "bindings/python/src/interpreter.hpp"

namespace stkpy {

namespace py = pybind11;

class Held {
 public:
  explicit Held(py::object object) : object_(std::move(object)) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (ending()) {
      object_.release();  // nobody may enter the interpreter any more: it takes the object with it
      return;
    }
    const Acquired acquired;
    object_ = py::object();
  }
  // With the GIL.
  [[nodiscard]] const py::object& get() const noexcept { return object_; }

  static bool ending() { return interpreter_ends(); }

 private:
  py::object object_;
};

}  // namespace stkpy
