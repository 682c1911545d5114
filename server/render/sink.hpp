// Where rendered text goes: a terminal, a file, a buffer, the body of an answer.
#pragma once

#include <string>
#include <string_view>

namespace server {

class Sink {
 public:
  virtual ~Sink() = default;
  // Complete lines or pieces of them, in order.
  virtual void append(std::string_view text) = 0;
};

class StringSink final : public Sink {
 public:
  void append(std::string_view text) override { text_ += text; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace server
