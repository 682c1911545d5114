// Leaving and entering the interpreter, also at its end.
#include "bindings/python/src/interpreter.hpp"

#include <pthread.h>
#include <unistd.h>

#include <atomic>

namespace stkpy {
namespace {

std::atomic<bool> ending_thread_is_known = false;
pthread_t ending_thread;

[[noreturn]] void sleep_until_the_process_ends() {
  while (true) ::pause();
}

// No frame of its caller is unwound: not inlined, because there a destructor would surround it.
[[gnu::noinline]] void take_back(PyThreadState* thread) {
  const NeverUnwound here;
  PyEval_RestoreThread(thread);
}

[[gnu::noinline]] PyGILState_STATE take() {
  const NeverUnwound here;
  return PyGILState_Ensure();
}

[[gnu::noinline]] PyObject* run(PyObject* callable, PyObject* arguments) {
  const NeverUnwound here;
  return PyObject_CallObject(callable, arguments);
}

}  // namespace

bool interpreter_ends() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsInitialized() == 0 || Py_IsFinalizing() != 0;
#else
  return Py_IsInitialized() == 0 || _Py_IsFinalizing() != 0;
#endif
}

bool too_late() {
  if (!interpreter_ends()) return false;
  return !ending_thread_is_known.load() || pthread_equal(pthread_self(), ending_thread) == 0;
}

void note_ending_thread() {
  ending_thread = pthread_self();
  ending_thread_is_known.store(true);
}

NeverUnwound::~NeverUnwound() {
  if (too_late()) sleep_until_the_process_ends();
}

Released::~Released() {
  if (too_late()) sleep_until_the_process_ends();
  take_back(thread_);
}

Acquired::Acquired() {
  if (too_late()) sleep_until_the_process_ends();
  before_ = take();
}

py::object call_object(const py::object& callable, const py::tuple& arguments) {
  PyObject* result = run(callable.ptr(), arguments.ptr());
  if (result == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

}  // namespace stkpy
