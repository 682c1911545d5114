// What help(), inspect.signature() and TypeErrors say of the module's functions, in Python's terms.
#pragma once

#include <pybind11/pybind11.h>

namespace stkpy {

// Called when everything is bound.
void polish_functions(pybind11::module_& module);

}  // namespace stkpy
