// A JSON array of documents, one a line, that is written while it is made. Nothing is out before its first element or
// its end: what fails before leaves no half of an array.
#pragma once

#include <string>
#include <string_view>

#include "server/render/sink.hpp"

namespace server {

class JsonArray {
 public:
  explicit JsonArray(Sink& sink) : sink_(&sink) {}

  // The element is out when this returns.
  void add(std::string_view element) {
    next() += element;
    flush();
  }

  // The caller appends the next element to this; it is out with a later one, or at the end.
  [[nodiscard]] std::string& next() {
    constexpr std::size_t kPage = std::size_t{1} << 16;
    if (text_.size() > kPage) flush();
    text_ += first_ ? "\n" : ",\n";
    first_ = false;
    return text_;
  }

  void end() {
    text_ += "\n]\n";
    flush();
  }

 private:
  void flush() {
    sink_->append(text_);
    text_.clear();
  }

  Sink* sink_;
  std::string text_ = "[";
  bool first_ = true;
};

}  // namespace server
