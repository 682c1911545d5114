// Wiping, comparison in constant time.
#include <stocktracker/core/secret.hpp>

#include <cstring>
#include <utility>

namespace stocktracker::inline v0 {
namespace {

void wipe_text(std::string& text) noexcept {
  if (text.capacity() != 0) {
    // Growing to the capacity stays in place: the bytes behind the end are wiped too.
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
  }
  text.clear();
}

}  // namespace

Secret::Secret(std::string&& text) : text_(text) { wipe_text(text); }

Secret Secret::copy_of(std::string_view text) {
  Secret secret;
  secret.text_.assign(text);
  return secret;
}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

bool Secret::equals(const Secret& other) const noexcept {
  if (text_.size() != other.text_.size()) return false;
  volatile unsigned char difference = 0;  // volatile: the loop may not be left early
  for (std::size_t i = 0; i < text_.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (text_[i] ^ other.text_[i]));
  }
  return difference == 0;
}

void Secret::wipe() noexcept { wipe_text(text_); }

}  // namespace stocktracker::inline v0
