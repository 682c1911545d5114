// Wiping, comparison in constant time.
#include <stocktracker/core/secret.hpp>

#include <cstring>
#include <utility>

#include "core/constant_time.hpp"

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

bool Secret::equals(const Secret& other) const noexcept { return equal_in_constant_time(text_, other.text_); }

void Secret::wipe() noexcept { wipe_text(text_); }

}  // namespace stocktracker::inline v0
