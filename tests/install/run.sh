#!/usr/bin/env bash
# Installs to a prefix and builds consumers against it: CMake package, pkg-config, and the tree as a subdirectory.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
consumer=$root/tests/install/consumer

for shared in ON OFF; do
  prefix=$work/prefix-$shared
  cmake -S "$root" -B "$work/build-$shared" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=$shared \
    -DSTK_BUILD_POSTGRES=ON \
    -DCMAKE_INSTALL_PREFIX="$prefix" >/dev/null
  cmake --build "$work/build-$shared" -j "$(nproc)" | tail -n 1
  cmake --install "$work/build-$shared" >/dev/null

  cmake -S "$consumer" -B "$work/consumer-$shared" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
  cmake --build "$work/consumer-$shared" | tail -n 1
  "$work/consumer-$shared/consumer"
  "$work/consumer-$shared/consumer_postgres"
  "$work/consumer-$shared/consumer_contracts"
  echo "find_package, shared $shared: ok"
done

"$root/tests/install/sizes.py" "$root" "$work/prefix-ON" "$work/prefix-OFF"

# by_pkg_config PREFIX PACKAGE SOURCE [--static]: builds a consumer with the flags of the package, and runs it.
by_pkg_config() {
  local prefix=$1 package=$2 source=$3 flags libdir
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name stocktracker.pc)")
  export PKG_CONFIG_PATH
  read -ra flags < <(pkg-config --cflags --libs "${@:4}" "$package")
  libdir=$(pkg-config --variable=libdir "$package")
  g++ -std=c++20 "$consumer/$source" "${flags[@]}" -Wl,-rpath,"$libdir" -o "$work/by-pkg-config"
  "$work/by-pkg-config"
}
by_pkg_config "$work/prefix-ON" stocktracker main.cpp
by_pkg_config "$work/prefix-ON" stocktracker-postgres postgres.cpp
by_pkg_config "$work/prefix-ON" stocktracker-testing contracts.cpp
by_pkg_config "$work/prefix-OFF" stocktracker-postgres postgres.cpp --static
read -ra flags < <(pkg-config --cflags stocktracker)
echo "pkg-config: ok"

# The same build into another prefix, which then moves: what pkg-config and CMake say follows.
cmake --install "$work/build-ON" --prefix "$work/chosen" >/dev/null
mv "$work/chosen" "$work/moved"
mv "$work/prefix-ON" "$work/kept" # nothing may lead to the prefix of the configuration
by_pkg_config "$work/moved" stocktracker main.cpp
by_pkg_config "$work/moved" stocktracker-postgres postgres.cpp
by_pkg_config "$work/moved" stocktracker-testing contracts.cpp
cmake -S "$consumer" -B "$work/consumer-moved" -G Ninja -DCMAKE_PREFIX_PATH="$work/moved" >/dev/null
cmake --build "$work/consumer-moved" --target consumer | tail -n 1
"$work/consumer-moved/consumer"
mv "$work/kept" "$work/prefix-ON"
echo "a prefix chosen at installation, and moved: ok"

# A consumer needs Boost's headers and no other library's.
(cd "$work/prefix-ON/include" && find . -name '*.hpp' | sed 's|^\./|#include <|; s|$|>|') >"$work/all.cpp"
[ "$(wc -l <"$work/all.cpp")" -gt 50 ]
if g++ -std=c++20 -M "$work/all.cpp" "${flags[@]}" | tr ' ' '\n' |
  grep -E '/(sqlite3\.h|simdjson|curl/|openssl/|fmt/|spdlog/|xxhash|cctz/|idn2|liboath/|crypt\.h|benchmark/|catch2/|libpq)'; then
  echo "installed headers include another library's" >&2
  exit 1
fi
echo "installed headers: ok"

# A release build as above: the compiler cache has its objects.
cmake -S "$consumer" -B "$work/subdirectory" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTK_SUBDIRECTORY="$root" \
  -DSTK_BUILD_POSTGRES=ON >/dev/null
cmake --build "$work/subdirectory" -j "$(nproc)" | tail -n 1
"$work/subdirectory/consumer"
"$work/subdirectory/consumer_postgres"
"$work/subdirectory/consumer_contracts"
echo "add_subdirectory: ok"
