// Hashes that are stored, or compared with stored ones: another function would take every store for changed.
#include "core/hash.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

// The values that xxHash's own specification and `xxhsum` have.
TEST_CASE("a digest is all 128 bits of XXH3, written with the high half first") {
  CHECK(st::digest128("", 0).text() == "99aa06d3014798d86001c324468d497f");
  CHECK(st::hash64("") == 0x2d06800538d394c2U);
  const st::Digest128 digest = st::digest128("abc", 3);
  CHECK(digest.text() == "06b05ab6733a618578af5f94892f3950");
  CHECK(st::hash64("abc") == 0x78af5f94892f3950U);
}
