#!/usr/bin/env bash
# Plants faults in the examples of a copy of the public headers; tools/check_snippets must name each.
set -eu
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/tools"
cp "$root/tools/check_snippets" "$copy/tools/"
cp -r "$root/include" "$copy/"
header=$copy/include/stocktracker/core/quantity.hpp

plant() {  # SED EXPECTED
  cp "$header" "$copy/before"
  sed -i "$1" "$header"
  cmp -s "$header" "$copy/before" && { echo "nothing was planted: $1"; exit 1; }
  if "$copy/tools/check_snippets" >"$copy/out"; then
    echo "not found: $1"
    exit 1
  fi
  grep -q "$2" "$copy/out" || { echo "not named: $1"; cat "$copy/out"; exit 1; }
  cp "$copy/before" "$header"
}
plant 's/shelf.plus(shelf)/shelf.add(shelf)/' 'core/quantity.hpp:.*has no member named .add.'
plant 's/(both.units())/(both.unit())/' 'core/quantity.hpp:.*has no member named .unit.'
plant '/@code/,/@endcode/d' 'Quantity has no example in its header'
"$copy/tools/check_snippets" >/dev/null
echo "every planted fault is named"
