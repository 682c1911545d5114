// Cursors: what was written is read again, by the same query alone.
#include "core/cursor.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

const st::AccountId kAccount = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000a").value();
const st::TenantId kTenant = st::TenantId::parse("01a20a90-0000-7000-8000-00000000000b").value();

std::string refusal(const st::Result<st::SortKey>& read) {
  if (read) return "read";
  return read.error().details().field + " " + to_string(read.error().errc());
}

}  // namespace

TEST_CASE("a cursor keeps numbers of every size and texts of every byte") {
  const st::CursorCodec codec("list", {});
  for (const st::SortKey& key : {st::SortKey{}, st::SortKey{1, INT64_MAX, INT64_MIN, "", "b"},
                                 st::SortKey{-1, 0, 255, std::string("a\0\xFF", 3), std::string(1'024, 'x')}}) {
    const std::string cursor = codec.write(key);
    CHECK(cursor.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(codec.read(cursor).value() == key);
  }
}

TEST_CASE("a cursor of another list, tenant or filter is refused, and filters side by side are not mixed up") {
  const auto codec = [] { return st::CursorCodec("list", kTenant); };
  const std::vector<st::CursorCodec> others{
      codec(),
      st::CursorCodec("lists", kTenant),
      st::CursorCodec("list", {}),
      codec().filter("ab").filter("c"),
      codec().filter("a").filter("bc"),
      codec().filter("").filter("abc"),
      codec().filter(std::optional<std::int64_t>()),
      codec().filter(std::optional<std::int64_t>(0)),
      codec().filter(std::optional<std::int64_t>(1)),
      codec().filter(std::optional<st::AccountId>(kAccount)),
      codec().filter(std::optional<st::Instant>(st::Instant::from_micros(7))),
  };
  std::set<std::string> cursors;
  for (const st::CursorCodec& one : others) cursors.insert(one.write({1, 2, 3, "k", ""}));
  CHECK(cursors.size() == others.size());
  for (const std::string& cursor : cursors) {
    int reads = 0;
    for (const st::CursorCodec& one : others) reads += one.read(cursor) ? 1 : 0;
    CHECK(reads == 1);
  }
}

TEST_CASE("the only tenant of a store has the same cursors, named or not") {
  const st::CursorCodec named("list", st::kDefaultTenant);
  CHECK(st::CursorCodec("list", {}).read(named.write({4, 5, 6, "", ""})).value().second == 5);
}

TEST_CASE("a damaged cursor is an invalid argument, whatever was changed, cut or added") {
  const st::CursorCodec codec("list", {});
  const std::string cursor = codec.write({1, 2, 3, "key", "further"});
  const std::string refused = "after invalid_argument";
  CHECK(refusal(codec.read("x")) == refused);
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    std::string changed = cursor;
    changed[at] = changed[at] == '0' ? '1' : '0';
    CHECK(refusal(codec.read(changed)) == refused);
    CHECK(refusal(codec.read(cursor.substr(0, at))) == refused);
  }
  for (const std::string& text : {cursor + "00", cursor + "0", std::string("00") + cursor, std::string("zz"),
                                  std::string(10'000, '0'), std::string(" ") + cursor}) {
    CHECK(refusal(codec.read(text)) == refused);
  }
}
