#!/usr/bin/env bash
# Plants one fault after the other in a copy of the tables, the guide and the sources; tools/telemetry_table must find each.
set -eu
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/include/stocktracker/ports" "$copy/docs" "$copy/tools"
cp -r "$root/src" "$copy/"
cp "$root"/include/stocktracker/ports/*_table.hpp "$copy/include/stocktracker/ports/"
cp "$root/docs/telemetry.md" "$copy/docs/"
cp "$root/tools/telemetry_table" "$copy/tools/"
"$copy/tools/telemetry_table" >/dev/null || { echo "the clean copy fails"; exit 1; }

plant() {  # FILE SED-COMMAND
  cp "$copy/$1" "$copy/before"
  sed -i "$2" "$copy/$1"
  cmp -s "$copy/before" "$copy/$1" && { echo "nothing planted: $1: $2"; exit 1; }
  if "$copy/tools/telemetry_table" >"$copy/out" 2>&1; then
    echo "not found: $1: $2"
    exit 1
  fi
  cp "$copy/before" "$copy/$1"
}
metrics=include/stocktracker/ports/metric_table.hpp
logs=include/stocktracker/ports/log_table.hpp
plant $metrics 's/"stocktracker_http_retries_total"/"stocktracker_http_repeats_total"/'
plant $metrics 's/Requests that were repeated/Requests that were sent again/'
plant $metrics 's/{"vendor", "category", "reason"}/{"vendor", "category"}/'
plant $metrics 's/^  sync_runs_ended,$/  sync_runs_ended,\n  sync_runs_forgotten,/'
plant $logs 's/"tenant.damaged", Severity::warning/"tenant.damaged", Severity::error/'
plant $logs 's/{"action", "error"}/{"error"}/'
plant $logs 's/^  relay_failed,$//'
plant docs/telemetry.md 's/| Requests that were repeated. |/| Repeated. |/'
plant docs/telemetry.md '/^| `audit.failed`/d'
plant src/tenant/events.cpp '$a void f(Ports\& p) { p.telemetry->count("own_total", 1, {}); }'
plant src/sync/sync.cpp '$a void f(Core\& c) { c.ports().telemetry->log({Severity::info, "own", "text"}); }'
plant src/http/policies.cpp '$a void f(Telemetry\& telemetry) { telemetry.observe("own_seconds", Duration(1), {}); }'
plant src/sync/run_telemetry.cpp '$a void f(Telemetry\& to_) { to_.count("own_total", 1, {}); }'
plant src/sync/run_telemetry.cpp '$a void f(Telemetry\& to_) { to_.log({Severity::info, "own", "text"}); }'
echo "every planted fault was found"
