// Leaving and entering the interpreter, also at its end: who is late never returns.
//
// A thread that asks for the interpreter's lock while it ends is ended by CPython (pthread_exit), which unwinds the C++
// frames of the thread: destructors there end the process with std::terminate, or touch objects of Python without the
// lock. Therefore such threads sleep until the process is gone (CPython does the same from 3.14 on).
#pragma once

#include <pybind11/pybind11.h>

#include <utility>

namespace stkpy {

namespace py = pybind11;

// The interpreter ends, or has ended: nobody may enter it any more, except the thread that ends it.
bool interpreter_ends();
// The same, for threads that may not enter it.
bool too_late();
// Called once, at the end of the process, by the thread that ends the interpreter.
void note_ending_thread();

// A scope that runs code of Python. If the thread is ended within it, it sleeps here.
class NeverUnwound {
 public:
  NeverUnwound() = default;
  NeverUnwound(const NeverUnwound&) = delete;
  NeverUnwound& operator=(const NeverUnwound&) = delete;
  ~NeverUnwound();
};

// Without the GIL while it lives; the thread has it before and after.
class Released {
 public:
  Released() : thread_(PyEval_SaveThread()) {}
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
  ~Released();

 private:
  PyThreadState* thread_;
};

// With the GIL while it lives, on any thread.
class Acquired {
 public:
  Acquired();
  Acquired(const Acquired&) = delete;
  Acquired& operator=(const Acquired&) = delete;
  ~Acquired() { PyGILState_Release(before_); }

 private:
  PyGILState_STATE before_;
};

// Calls `callable`, which may take long. With the GIL.
py::object call_object(const py::object& callable, const py::tuple& arguments);

template <class... A>
py::object called(const py::object& callable, A&&... arguments) {
  return call_object(callable, py::make_tuple(std::forward<A>(arguments)...));
}

}  // namespace stkpy
