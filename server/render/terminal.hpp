// The only output of the commands: no text of a seller, a marketplace or a file name can control the terminal.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "server/render/sink.hpp"

namespace server {

// One line of text without control characters, for use inside other text.
[[nodiscard]] std::string shown(std::string_view text);

// Line ends stay (LF, and CR LF of CSV); every other control character becomes a blank.
[[nodiscard]] std::string clean_lines(std::string_view lines);

// Writes clean lines.
void emit(std::FILE* out, std::string_view lines);

// Like printf. Pass foreign texts through `shown`, so that none of them can begin a line.
[[gnu::format(printf, 2, 3)]] void emitf(std::FILE* out, const char* format, ...);

// Standard output as a sink.
[[nodiscard]] Sink& standard_output();

}  // namespace server
