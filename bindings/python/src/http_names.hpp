// Texts of requests as the library's enumerations and static names.
#pragma once

#include <string>
#include <string_view>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Requests need static text for operations and limits. A program has few such names, so they are never freed.
std::string_view interned(const std::string& name);
st::HttpMethod method_named(const std::string& name);
st::Idempotency idempotency_named(const std::string& name);

}  // namespace stkpy
