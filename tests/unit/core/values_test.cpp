// Quantities, lists of problems, pages, progress on a terminal, tasks and the version.
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/progress.hpp>
#include <stocktracker/core/quantity.hpp>
#include <stocktracker/core/task.hpp>
#include <stocktracker/version.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("quantities are never negative and never overflow") {
  CHECK(st::Quantity::from_units(-1).error().errc() == st::Errc::out_of_range);
  CHECK(st::Quantity::from_units(2).value().plus(st::Quantity::from_units(3).value()).value().units() == 5);
  CHECK_FALSE(st::Quantity::from_units(INT64_MAX).value().plus(st::Quantity::from_units(1).value()));
}

TEST_CASE("a list of problems reports all of them in one error") {
  st::Problems problems;
  CHECK(problems.result("X"));
  problems.require(true, "a", "must hold");
  problems.require(false, "b", "must be at least 1");
  problems.add("c", "is not known");
  const auto result = problems.result("Options");
  CHECK(result.error().message() == "Options: b must be at least 1; c is not known");
  CHECK(result.error().details().field == "b");
}

namespace {

class Counting final : public st::PageSource<int> {
 public:
  explicit Counting(int fail_at) : fail_at_(fail_at) {}
  st::Result<std::vector<int>> fetch() override {
    ++fetched_;
    if (fetched_ == fail_at_) return st::Errc::io_failed;
    if (fetched_ > 3) return std::vector<int>();
    return std::vector<int>{fetched_ * 10, fetched_ * 10 + 1};
  }
  std::string cursor(std::size_t rows) const override {
    const int page = fail_at_ != 0 && fetched_ == fail_at_ ? fetched_ - 1 : fetched_;
    return std::to_string(page) + "+" + std::to_string(rows);
  }

 private:
  int fail_at_;
  int fetched_ = 0;
};

}  // namespace

TEST_CASE("pages are pulled one by one, and a failure ends them") {
  CHECK(st::Pages<int>(std::make_unique<Counting>(0)).collect().value() == std::vector<int>{10, 11, 20, 21, 30, 31});
  st::Pages<int> failing(std::make_unique<Counting>(2));
  CHECK(failing.next()->value() == 10);
  CHECK(failing.next()->value() == 11);
  CHECK_FALSE(*failing.next());
  CHECK_FALSE(failing.next().has_value());
}

TEST_CASE("a range delivers page by page, and first the rest of the page at hand") {
  st::Pages<int> rows(std::make_unique<Counting>(3));
  CHECK(rows.next_page().value() == std::vector<int>{10, 11});
  CHECK(rows.next()->value() == 20);
  CHECK(rows.next_page().value() == std::vector<int>{21});
  CHECK(rows.next_page().error().errc() == st::Errc::io_failed);
  CHECK(rows.next_page().value().empty());
}

TEST_CASE("the cursor of a range is that of the last row that was returned, also after the end and after a failure") {
  st::Pages<int> rows(std::make_unique<Counting>(0));
  CHECK(rows.cursor() == "0+0");
  CHECK(rows.next()->value() == 10);
  CHECK(rows.cursor() == "1+1");
  CHECK(rows.next_page().value() == std::vector<int>{11});
  CHECK(rows.cursor() == "1+2");
  CHECK(rows.collect().value() == std::vector<int>{20, 21, 30, 31});
  CHECK(rows.cursor() == "4+0");
  CHECK_FALSE(rows.next().has_value());
  CHECK(rows.cursor() == "4+0");
  st::Pages<int> failing(std::make_unique<Counting>(2));
  CHECK_FALSE(failing.collect());
  CHECK(failing.cursor() == "1+2");
  CHECK(st::Pages<int>::failed(st::Errc::io_failed).cursor().empty());
}

TEST_CASE("what is no terminal gets one line for each stage, without commands for terminals") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  {
    const auto sink = st::progress_to(file);
    sink->report({"catalogue", 100, 0});
    sink->report({"catalogue", 200, 0});
    sink->waiting();
    sink->report({"fbo", 3, 9});
    sink->report({"catalogue", 300, 0});
    sink->report({"prices", 9, 9});
  }
  std::rewind(file);
  char text[200] = {};
  const std::size_t size = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  CHECK(std::string(text, size) == "catalogue 100\nfbo 3/9\ncatalogue 300\nprices 9/9\n");
}

TEST_CASE("a task owns what cannot be copied") {
  int ran = 0;
  auto owned = std::make_unique<int>(7);
  st::Task task([&ran, held = std::move(owned)] { ran = *held; });
  CHECK(task);
  task();
  CHECK(ran == 7);
  CHECK_FALSE(task);
}

TEST_CASE("the library reports its version") { CHECK(std::string(st::version()) == "0.1.0"); }
