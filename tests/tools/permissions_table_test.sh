#!/usr/bin/env bash
# Plants one fault after the other in a copy of the tables, the guide and the calls; tools/permissions_table must find each.
set -eu
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
for file in include/stocktracker/core/principal.hpp include/stocktracker/core/permission_table.hpp include/stocktracker/identity/role.hpp \
  include/stocktracker/identity/permissions.hpp docs/permissions.md tests/unit/tenant/service_calls.cpp tools/permissions_table \
  bindings/python/stocktracker/values.py; do
  mkdir -p "$copy/$(dirname "$file")"
  cp "$root/$file" "$copy/$file"
done
"$copy/tools/permissions_table" >/dev/null || { echo "the clean copy fails"; exit 1; }

plant() {  # FILE SED-COMMAND
  cp "$copy/$1" "$copy/before"
  sed -i "$2" "$copy/$1"
  cmp -s "$copy/before" "$copy/$1" && { echo "nothing planted: $1: $2"; exit 1; }
  if "$copy/tools/permissions_table" >"$copy/out" 2>&1; then
    echo "not found: $1: $2"
    exit 1
  fi
  cp "$copy/before" "$copy/$1"
}
plant include/stocktracker/core/principal.hpp 's/^  sync_run,$/  sync_run,\n  sync_stop,/'
plant include/stocktracker/core/permission_table.hpp 's/"sync.run"/"sync.start"/'
plant include/stocktracker/core/permission_table.hpp 's/"See prices."/"See all prices."/'
plant include/stocktracker/identity/permissions.hpp 's/Permission::sync_run,//'
plant include/stocktracker/identity/permissions.hpp 's,// admin,// user,'
plant include/stocktracker/identity/role.hpp 's/^  viewer,/  guest,\n  viewer,/'
plant tests/unit/tenant/service_calls.cpp 's/{P::prices_read}/{P::stock_read}/'
plant tests/unit/tenant/service_calls.cpp 's/"Ledger::verify"/"Ledger::check"/'
plant docs/permissions.md '/^| `audit.read`/d'
plant docs/permissions.md 's/| `billing.manage` \(.*\)|  |/| `billing.manage` \1| yes |/'
plant bindings/python/stocktracker/values.py 's/    STOCK_READ = "stock.read"/    STOCK_READ = "stock_read"/'
plant bindings/python/stocktracker/values.py '/    AUDIT_READ = /d'
echo "every planted fault was found"
