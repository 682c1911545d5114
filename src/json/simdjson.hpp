/// simdjson without exceptions. Only src/json includes it.
#pragma once

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>
