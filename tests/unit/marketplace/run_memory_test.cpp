// The place where a list goes on, as a run remembers it.
#include "marketplace/run_memory.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

struct Stored final : st::AccountMemory {
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext&) override {
    values.insert_or_assign(std::string(name), std::string(value));
    return st::success();
  }
  std::map<std::string, std::string, std::less<>> values;
};

}  // namespace

TEST_CASE("a place is used by its run at once, and stored by nobody but the commit") {
  const auto stored = std::make_shared<Stored>();
  stored->values["orders"] = "old";
  st::RunMemory memory(stored);
  CHECK(memory.get("orders", {}).value() == "old");
  REQUIRE(memory.set_on_commit("orders", "new", {}));
  CHECK(memory.get("orders", {}).value() == "new");
  CHECK(stored->values["orders"] == "old");
  REQUIRE(memory.set("method", "b", {}));
  CHECK(stored->values["method"] == "b");
  CHECK(memory.waiting() == std::map<std::string, std::string, std::less<>>{{"orders", "new"}});
}

// The commit would write it again: the list would go on behind what was never stored.
TEST_CASE("a place that is forgotten is forgotten at once, also one that waits for the commit") {
  const auto stored = std::make_shared<Stored>();
  stored->values["orders"] = "old";
  st::RunMemory memory(stored);
  REQUIRE(memory.set_on_commit("orders", "new", {}));
  REQUIRE(memory.set_on_commit("prices", "p", {}));
  REQUIRE(memory.set_on_commit("orders", "", {}));
  CHECK(stored->values["orders"].empty());
  CHECK(memory.get("orders", {}).value().empty());
  CHECK(memory.waiting() == std::map<std::string, std::string, std::less<>>{{"prices", "p"}});
}
