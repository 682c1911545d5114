// Ends a list that a command shows: as JSON, as a table, or with a word on stderr that there is nothing.
#pragma once

#include <string>

#include "server/render/json_array.hpp"
#include "server/render/terminal.hpp"
#include "server/render/text_table.hpp"

namespace server {

// `array`: null unless the list is JSON. `if_empty`: what is said if there is no row; it is shown as it is.
inline void end_list(JsonArray* array, const TextTable& table, bool any, const std::string& if_empty) {
  if (array != nullptr) {
    array->end();
  } else if (any) {
    table.print(standard_output());
  } else {
    emitf(stderr, "%s\n", if_empty.c_str());
  }
}

}  // namespace server
