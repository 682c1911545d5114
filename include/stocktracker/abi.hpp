/// @file
/// Visibility of exported symbols: everything else of the library is hidden.
#pragma once

#if defined(SWIG)
#define STK_API
#else
#define STK_API __attribute__((visibility("default")))
#endif
