#!/usr/bin/env bash
# The first load writes everything, the second nothing, and memory stays below twice the page and 32 MiB.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$work/files" 250000
first=$("$2" "$work/files" "$work/shop.db")
second=$("$2" "$work/files" "$work/shop.db")
printf '%s\n%s\n' "$first" "$second"
page=$(stat -c %s "$work/files/stock-page.json")
python3 - "$first" "$second" "$page" <<'PY'
import json, sys
first, second, page = json.loads(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
limit = 2 * page / 2**20 + 32
assert first["written"] >= 250000, first
assert second["written"] == 0, second
assert first["peak_mib"] <= limit and second["peak_mib"] <= limit, (first, second, limit)
print(f"page {page / 2**20:.1f} MiB, peak {first['peak_mib']} of {limit:.1f} MiB")
PY
