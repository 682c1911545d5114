#!/usr/bin/env bash
# Plants one forbidden edge after the other in a copy of the tree; the check must name each.
set -eu
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root/include" "$root/src" "$root/tools" "$copy/"
for folder in server examples benchmarks; do mkdir -p "$copy/$folder"; done
"$copy/tools/check_layers" --root "$copy" >/dev/null || { echo "the clean copy fails"; exit 1; }

plant() {  # FILE LINE
  mkdir -p "$(dirname "$copy/$1")"
  local before=""
  if [ -f "$copy/$1" ]; then
    before=$(cat "$copy/$1")
  elif [[ $2 == \#* ]]; then
    echo "// planted" >"$copy/$1"
  fi
  printf '%s\n' "$2" >>"$copy/$1"
  if "$copy/tools/check_layers" --root "$copy" >"$copy/out"; then
    echo "not found: $1: $2"
    exit 1
  fi
  grep -q "^$1:" "$copy/out" || { echo "not named: $1: $2"; cat "$copy/out"; exit 1; }
  if [ -n "$before" ]; then printf '%s\n' "$before" >"$copy/$1"; else rm "$copy/$1"; fi
}
plant src/core/uuid.cpp '#include <stocktracker/ports/clock.hpp>'
plant src/marketplace/planted.cpp '#include <stocktracker/sync/sync.hpp>'
plant src/inventory/planted.cpp '#include "adapters/sqlite/connection.hpp"'
plant src/adapters/sqlite/planted.cpp '#include <stocktracker/adapters/wildberries.hpp>'
plant src/sync/planted.cpp '#include <simdjson.h>'
plant src/inventory/planted.cpp '#include <cctz/time_zone.h>'
plant include/stocktracker/ports/planted.hpp '#include <sqlite3.h>'
plant examples/planted.cpp '#include "inventory/snapshot.hpp"'
plant server/planted.cpp '#include "core/hash.hpp"'
plant server/cli/planted.cpp '#include "inventory/snapshot.hpp"'
plant server/app/planted.cpp '#include "server/render/csv.hpp"'
plant server/render/planted.cpp '#include "server/cli/exit_code.hpp"'
plant server/cli/planted.cpp '#include "server/api/operation.hpp"'
plant server/http/planted.cpp '#include "server/api/operation.hpp"'
plant server/bot/planted.cpp '#include "server/worker/loop.hpp"'
plant server/app/planted.cpp '#include <CLI/CLI.hpp>'
plant server/cli/planted.cpp '#include <boost/beast/http.hpp>'
plant server/planted_room/planted.cpp '#include <string>'
plant src/tenant/planted.cpp '#include <stocktracker/identity/users.hpp>'
plant src/analytics/planted.cpp '#include <stocktracker/jobs/queue.hpp>'
plant bindings/python/src/planted.cpp '#include "inventory/snapshot.hpp"'
plant src/core/planted.cpp '#include <pybind11/pybind11.h>'
plant include/stocktracker/sync/planted.hpp '#include <stocktracker/testing/check.hpp>'
plant server/cli/planted.cpp 'namespace server {}'
plant src/core/planted.hpp ' #pragma once'
plant src/core/planted.cpp '/// @file'
plant src/testing/world/core/planted.cpp '#include "testing/world/ozon/face.hpp"'
echo "every planted edge was found"
