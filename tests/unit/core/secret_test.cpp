// Secret: what it wipes, prints and compares.
#include <stocktracker/core/secret.hpp>

#include <memory>
#include <new>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

TEST_CASE("a secret takes its text over and wipes where it came from") {
  for (const char* text : {"short", "a text that is much longer than any small string buffer"}) {
    std::string source = text;
    const char* place = source.data();
    st::Secret secret(std::move(source));
    CHECK(secret.reveal() == text);
    CHECK(source.empty());  // NOLINT(bugprone-use-after-move): that is the point
    CHECK(std::string_view(place, 4) == std::string_view("\0\0\0\0", 4));

    st::Secret moved(std::move(secret));
    CHECK(moved.reveal() == text);
    CHECK(secret.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(moved.clone().equals(moved));
    st::Secret assigned;
    assigned = std::move(moved);
    CHECK(assigned.reveal() == text);
    // Short texts lie in the object itself: moving leaves a copy of them there.
    for (const st::Secret* left : {&secret, &moved}) {
      CHECK(std::string_view(left->reveal().data(), 5) == std::string_view("\0\0\0\0\0", 5));
    }
  }
}

TEST_CASE("a secret that ends, or that gets another text, leaves nothing of its own behind") {
  alignas(st::Secret) unsigned char room[sizeof(st::Secret)] = {};
  // A short text lies in the object itself.
  auto* const secret = new (room) st::Secret(st::Secret::copy_of("canary-short"));
  std::destroy_at(secret);
  const std::string_view left(reinterpret_cast<const char*>(room), sizeof room);
  CHECK(left.find("canary") == std::string_view::npos);
  CHECK(left.find("short") == std::string_view::npos);

  st::Secret renewed = st::Secret::copy_of("canary-short");
  renewed = st::Secret::copy_of("new");
  CHECK(renewed.reveal() == "new");
  CHECK(std::string_view(renewed.reveal().data() + 4, 8) == std::string_view("\0\0\0\0\0\0\0\0", 8));
  st::Secret& same = renewed;
  renewed = std::move(same);
  CHECK(renewed.reveal() == "new");
}

TEST_CASE("a secret prints as stars and compares by content") {
  const auto a = st::Secret::copy_of("token");
  CHECK(std::string(st::Secret::text()) == "***");
  CHECK(a.equals(st::Secret::copy_of("token")));
  CHECK_FALSE(a.equals(st::Secret::copy_of("tokem")));
  CHECK_FALSE(a.equals(st::Secret::copy_of("token2")));
  // At each place of it, not only at the last one.
  for (std::size_t at = 0; at < 5; ++at) {
    std::string other = "token";
    other[at] = 'X';
    CHECK_FALSE(a.equals(st::Secret::copy_of(other)));
    CHECK_FALSE(st::Secret::copy_of(other).equals(a));
  }
  CHECK_FALSE(a.equals(st::Secret()));
}
