// As cxx17.cpp, by the header that most others include.
// expect: stocktracker needs C\+\+20
// misuse flags: -std=c++17
// at most 2 errors
#include <stocktracker/core/result.hpp>

stocktracker::Result<int> one() { return 1; }
