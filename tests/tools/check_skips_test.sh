#!/usr/bin/env bash
# A skipped case passes only for a reason that is expected and that holds here.
set -euo pipefail
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tools" "$copy/tests"
cp "$root/tools/check_skips" "$copy/tools/"
cat >"$copy/tests/expected_skips.txt" <<'TXT'
# REASON | command
what is absent | false
what is there | true
TXT

try() {  # try EXPECTED_STATUS TEXT LINE...: what the check answers for a file of these lines
  local expected=$1 text=$2 status=0
  shift 2
  printf '%s\n' "$@" >"$copy/skips"
  "$copy/tools/check_skips" "$copy/skips" >"$copy/out" || status=$?
  [ "$status" = "$expected" ] || { echo "ended with $status: $*" && cat "$copy/out" && exit 1; }
  grep -qF "$text" "$copy/out" || { echo "does not say '$text':" && cat "$copy/out" && exit 1; }
}
: >"$copy/skips"
"$copy/tools/check_skips" "$copy/skips" | grep -q 'no case was skipped'
try 0 'skipped: one: what is absent' 'one: what is absent'
try 1 'SKIPPED although it could run: one: what is there' 'one: what is there'
try 1 'SKIPPED for a reason that nobody expects: one: no time' 'one: no time'
try 1 'nobody expects: two: no time' 'one: what is absent' 'two: no time'
# The last colon begins the reason: names of cases have colons of their own.
try 0 'skipped: a case: with a colon: what is absent' 'a case: with a colon: what is absent'
try 1 'nobody expects' ''
# A file that is not there is no sign that nothing was skipped; one that is named from elsewhere is found.
! "$copy/tools/check_skips" "$copy/nowhere" >"$copy/out" || { cat "$copy/out" && exit 1; }
echo 'one: no time' >"$copy/skips"
! (cd "$copy" && tools/check_skips skips >"$copy/out") || { cat "$copy/out" && exit 1; }

# No case goes round the check: what cannot run says so by skipped().
if grep -rnE 'WARN\("skipped' "$root/tests" --include='*.cpp'; then
  echo 'skipped() of tests/support/skip.hpp is what CI sees' && exit 1
fi

# The real list is one that the check can read, and no reason stands there twice.
reasons=$(sed 's/|.*//; s/ *$//' "$root/tests/expected_skips.txt" | grep -v '^#\|^$')
[ "$(wc -l <<<"$reasons")" = "$(sort -u <<<"$reasons" | wc -l)" ]
echo "skips are checked"
