#!/usr/bin/env bash
# `./dev ci` ends with the first step that fails: every tool it calls is replaced, and one after another made to fail.
set -euo pipefail
source_folder=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{bin,tools,tests/budget,tests/install,tests/python,tests/fuzz/corpus/text,build/{dev,asan,tidy},build/fuzz/bin,build/release/bin,src}
cp "$source_folder/dev" "$scratch/dev"
cp "$source_folder/tools/fuzz-one" "$scratch/tools/fuzz-one"
echo 'int main() {}' >"$scratch/src/a.cpp"
echo '[]' >"$scratch/build/tidy/compile_commands.json"

stub() {  # stub PATH: succeeds unless it is the one named by $FAILING, and notes that it was called
  printf '#!/usr/bin/env bash\necho "%s" >>"$CALLED"\n%s\n[ "${FAILING:-}" != "%s" ]\n' "$1" "${2:-}" "$1" >"$scratch/$1"
  chmod +x "$scratch/$1"
}
stub bin/cmake
stub bin/ctest
stub bin/clang-tidy
stub bin/gcovr 'echo "lines: 95.0%"'
stub bin/clang-format 'if [ "${FAILING:-}" = bin/clang-format ]; then echo other; else cat "${@: -1}"; fi; exit 0'
stub bin/dpkg-query 'echo "install ok installed"; exit 0'
stub bin/git 'case "$1" in rev-parse) echo one ;; merge-base) exit 1 ;; *) echo src/a.cpp ;; esac; exit 0'
stub tools/check_layers
stub tools/check_headers
stub tools/check_output
stub tools/mutants
stub tools/check_skips
stub build/fuzz/bin/fuzz_text
stub tests/budget/binary_test.py
stub bin/valgrind
stub bin/doxygen
stub tools/errors_table
stub tools/site
stub tools/check_site
stub tests/budget/instructions_test.py
stub tests/install/run.sh
stub tests/python/pip_test.sh
stub tests/install/symbols.py

export CALLED=$scratch/called STK_FUZZ_SECONDS=1
ci() { : >"$CALLED" && (cd "$scratch" && PATH="$scratch/bin:$PATH" ./dev ci) >"$scratch/log" 2>&1; }
ci || { cat "$scratch/log" && echo "fails although nothing fails" && exit 1; }
steps=$(sort -u "$CALLED" | grep -v 'dpkg-query\|bin/git')
[ "$(wc -l <<<"$steps")" -ge 9 ] || { echo "calls too little: $steps" && exit 1; }
for failing in $steps; do
  if FAILING=$failing ci; then
    echo "passes although $failing fails"
    exit 1
  fi
done
echo "$(wc -l <<<"$steps") steps, each ends it"
