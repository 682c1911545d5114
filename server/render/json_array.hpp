// A JSON array that is written while its elements are made, one per line. Nothing is written before the first element
// or the end, so that an earlier failure leaves no half array.
#pragma once

#include <string>
#include <string_view>

#include "server/render/sink.hpp"

namespace server {

class JsonArray {
 public:
  explicit JsonArray(Sink& sink) : sink_(&sink) {}

  // When this returns, the element has been written.
  void add(std::string_view element) {
    next() += element;
    flush();
  }

  // The caller appends the next element to this text; it is written together with a later one, or at the end.
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
