// The one way out of the commands: nothing that a seller, a marketplace or a file name says commands a terminal.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "server/render/sink.hpp"

namespace server {

// One line of text without control characters, to stand among others.
[[nodiscard]] std::string shown(std::string_view text);

// Line ends stay (LF, and CR LF of CSV); every other control character becomes a blank.
[[nodiscard]] std::string clean_lines(std::string_view lines);

// Writes clean lines.
void emit(std::FILE* out, std::string_view lines);

// As printf. Texts of others are passed through `shown`, so that none begins a line of its own.
[[gnu::format(printf, 2, 3)]] void emitf(std::FILE* out, const char* format, ...);

// Standard output, for what renders into a sink.
[[nodiscard]] Sink& standard_output();

}  // namespace server
