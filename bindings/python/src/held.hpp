// A Python object inside an object of the library, which may be destroyed by any thread.
#pragma once

#include <pybind11/pybind11.h>

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
    const py::gil_scoped_acquire acquired;
    object_ = py::object();
  }
  // With the GIL.
  [[nodiscard]] const py::object& get() const noexcept { return object_; }

  // The interpreter ends, or has ended: nobody may enter it any more.
  static bool ending() {
#if PY_VERSION_HEX >= 0x030D0000
    return Py_IsInitialized() == 0 || Py_IsFinalizing() != 0;
#else
    return Py_IsInitialized() == 0 || _Py_IsFinalizing() != 0;
#endif
  }

 private:
  py::object object_;
};

}  // namespace stkpy
