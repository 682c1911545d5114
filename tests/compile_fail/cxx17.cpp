// A language before C++20: one clear error, and nothing of what follows from it.
// expect: stocktracker needs C\+\+20
// misuse flags: -std=c++17
// at most 2 errors
#include <stocktracker/stocktracker.hpp>

stocktracker::OpenOptions options() { return {}; }
