/// StatementBook: the statements that connections of a pool prepare. A new connection prepares the common ones before
/// its first work, in one round trip per plane.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::postgres {

/// The schemas of the planes.
[[nodiscard]] constexpr std::string_view schema_of(Plane plane) noexcept {
  return plane == Plane::control ? "stocktracker_control" : "stocktracker_tenant";
}

/// A statement with static text, identified by the text's address.
struct Address {
  const char* text = nullptr;
  std::size_t size = 0;
  Plane plane{};
  friend bool operator==(const Address&, const Address&) = default;
};

struct AddressHash {
  std::size_t operator()(const Address& key) const noexcept {
    return std::hash<const void*>()(key.text) ^ (key.size << 1) ^ static_cast<std::size_t>(key.plane);
  }
};

/// Thread-safe.
class StatementBook {
 public:
  /// A connection had to prepare this statement at its first use.
  void note(const Address& statement) {
    const std::lock_guard lock(mutex_);
    if (prepared_.size() < kMost || prepared_.contains(statement)) ++prepared_[statement];
  }
  /// Statements that more than one connection needed.
  [[nodiscard]] std::vector<Address> common(Plane plane) const {
    std::vector<Address> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [statement, times] : prepared_) {
      if (times > 1 && statement.plane == plane) all.push_back(statement);
    }
    return all;
  }
  /// One of them could not be prepared: start again with an empty book.
  void forget() {
    const std::lock_guard lock(mutex_);
    prepared_.clear();
  }

 private:
  static constexpr std::size_t kMost = 256;
  mutable std::mutex mutex_;
  std::unordered_map<Address, int, AddressHash> prepared_;
};

}  // namespace stocktracker::inline v0::postgres
