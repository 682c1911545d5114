// A store with users and tenants, and engines over it: a folder, or what House::make_storage makes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/house.hpp"

struct People {
  // Each call is another process, as far as the library can tell.
  stocktracker::Engine open() { return over(storage()); }
  std::shared_ptr<stocktracker::Storage> storage() {
    if (House::make_storage) return House::make_storage(place);
    return stocktracker::make_sqlite_folder(
               {.path = folder.file("people"), .schema = stocktracker::schema(), .clock = clock})
        .value();
  }
  stocktracker::Engine over(std::shared_ptr<stocktracker::Storage> storage) {
    return stocktracker::open({.storage = std::move(storage),
                               .limits = stocktracker::LimitTable{},
                               .clock = clock,
                               .random = std::make_shared<stocktracker::testing::SeededRandom>(++opened),
                               .executor = stocktracker::make_inline_executor(),
                               .audit = audit})
        .value();
  }
  static stocktracker::EmailAddress address(const std::string& name) {
    return stocktracker::EmailAddress::parse(name + "@example.com").value();
  }
  static stocktracker::UserId user(const stocktracker::Engine& engine, const std::string& name) {
    return engine.users().create(address(name), {.name = name}, stocktracker::UserState::active).value().id;
  }

  TempFolder folder;
  std::shared_ptr<stocktracker::testing::ManualClock> clock = std::make_shared<stocktracker::testing::ManualClock>();
  std::shared_ptr<stocktracker::AuditSink> audit;
  std::string place;
  std::uint64_t opened = 0;
};

// "done", or the code and the field of the error.
template <class R>
std::string ending(const R& result) {
  if (result) return "done";
  return std::string(to_string(result.error().errc())) + " " + result.error().details().field;
}
