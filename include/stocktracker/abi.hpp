/// @file
/// Visibility of exported symbols: everything else of the library is hidden. Refuses languages before C++20.
#pragma once

#if !defined(SWIG) && __cplusplus < 202002L
#error "stocktracker needs C++20: compile with -std=c++20 (CMake: target_compile_features, cxx_std_20)"
// A file that does not exist ends the compilation, so that no other error hides this one.
#include <stocktracker_needs_cxx20>
#endif

#if defined(SWIG)
#define STK_API
#else
#define STK_API __attribute__((visibility("default")))
#endif
