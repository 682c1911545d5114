// Writes to the terminal; control characters become blanks.
#include "server/render/terminal.hpp"

#include <algorithm>
#include <cstdarg>

#include <stocktracker/core/visible_text.hpp>

namespace server {
namespace {

class StandardOutput final : public Sink {
 public:
  void append(std::string_view text) override { emit(stdout, text); }
};

}  // namespace

std::string shown(std::string_view text) { return stocktracker::visible(text); }

std::string clean_lines(std::string_view lines) {
  std::string clean;
  clean.reserve(lines.size());
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    const bool of_csv = end < lines.size() && line.ends_with('\r');
    if (of_csv) line.remove_suffix(1);
    clean += stocktracker::visible(line);
    if (of_csv) clean += '\r';
    if (end < lines.size()) clean += '\n';
    lines.remove_prefix(std::min(lines.size(), end + 1));
  }
  return clean;
}

void emit(std::FILE* out, std::string_view lines) {
  const auto plain = [](char c) { return (c >= ' ' && c < 0x7f) || c == '\n'; };
  if (std::all_of(lines.begin(), lines.end(), plain)) {
    std::fwrite(lines.data(), 1, lines.size(), out);
    return;
  }
  const std::string clean = clean_lines(lines);
  std::fwrite(clean.data(), 1, clean.size(), out);
}

void emitf(std::FILE* out, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  if (size > 0) std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  emit(out, text);
}

Sink& standard_output() {
  static StandardOutput sink;
  return sink;
}

}  // namespace server
