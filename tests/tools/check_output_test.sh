#!/usr/bin/env bash
# Plants one write past server/render/terminal.hpp after the other in a copy of the commands; the check must name each.
set -eu
root=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root/server" "$root/tools" "$copy/"
"$copy/tools/check_output" --root "$copy" >/dev/null || { echo "the clean copy fails"; exit 1; }

plant() {  # FILE LINE
  cp "$copy/server/$1" "$copy/before"
  printf '%s\n' "$2" >>"$copy/server/$1"
  if "$copy/tools/check_output" --root "$copy" >"$copy/out"; then
    echo "not found: $1: $2"
    exit 1
  fi
  grep -q "^server/$1:" "$copy/out" || { echo "not named: $1: $2"; cat "$copy/out"; exit 1; }
  cp "$copy/before" "$copy/server/$1"
}
plant cli/accounts.cpp '  std::printf("%s\n", account.label.c_str());'
plant cli/connect.cpp '  std::fprintf(stderr, "%s\n", label);'
plant cli/stock.cpp '  std::fputs(line.c_str(), stdout);'
plant cli/runs.cpp '  std::fwrite(out.data(), 1, out.size(), stdout);'
plant render/position.cpp '  std::puts(cell.c_str());'
plant main.cpp '  std::cerr << error.what();'
plant cli/orders.cpp '  puts(text);'
plant cli/health.cpp '  ::write(STDOUT_FILENO, text.data(), text.size());'
plant app/log.cpp '  perror(name);'
plant cli/token_input.cpp '  std::fputs(prompt, stderr);'
plant cli/progress_bar.cpp '  std::fprintf(stderr, "%s", account.label.c_str());'
echo "every planted write was found"
