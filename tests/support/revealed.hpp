// A copy of a secret's text, for tests alone: secrets give no view of a temporary.
#pragma once

#include <string>

#include <stocktracker/core/secret.hpp>

inline std::string revealed(const stocktracker::Secret& secret) { return std::string(secret.reveal()); }
