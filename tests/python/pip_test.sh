#!/usr/bin/env bash
# Installs the package with pip, without a network, into a fresh environment of each python3 of this machine, and uses it.
# STK_ONE_PYTHON: of the first one alone.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

trees=("$root" "$root/bindings/python") # both say the same
declare -A seen
tried=0
while read -r candidate; do
  python=$("$candidate" -c 'import sys; print(sys.executable)' 2>/dev/null) || continue
  identity=$("$python" -c 'import os, sys; print(os.path.realpath(sys.executable), sys.version_info[:3])')
  [ -z "${seen[$identity]:-}" ] || continue
  seen[$identity]=1
  # pybind11 of Debian 12 knows CPython up to 3.11.
  "$python" -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))' || continue
  "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_paths()["include"] + "/Python.h"))' || continue
  "$python" -m venv "$work/venv-$tried"
  environment=$work/venv-$tried/bin/python
  PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STOCKTRACKER_BUILD_DIR="$work/build" \
    "$python" - "$environment" "${trees[tried % 2]}" <<'PY'
# Under five minutes on two idle cores are 600 seconds of processor time. Beside other work the same build takes up to twice
# as much: caches and cores are shared.
import resource, subprocess, sys, time
began = time.monotonic()
subprocess.run([sys.argv[1], "-m", "pip", "install", "--quiet", sys.argv[2]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = used.ru_utime + used.ru_stime
print(f"pip install: {spent:.0f} s of processor time, {time.monotonic() - began:.0f} s")
sys.exit(f"pip install took {spent:.0f} s of processor time; the limit is 1200 s" if spent > 1200 else 0)
PY
  mv "$work/build" "$work/away" # what was installed stands alone
  (cd "$work" && "$environment" "$root/examples/python/01_sync.py" && "$environment" "$root/examples/python/02_own_connector.py") >"$work/out"
  [ "$(wc -l <"$work/out")" -gt 10 ]
  (cd "$work" && "$environment" - <<'PY')
import pathlib, sys
import stocktracker as st
assert pathlib.Path(st.__file__).is_relative_to(sys.prefix), st.__file__
print(f"pip install, Python {sys.version.split()[0]}: stocktracker {st.__version__}")
PY
  mv "$work/away" "$work/build" # the library in it serves the next interpreter
  tried=$((tried + 1))
  [ -z "${STK_ONE_PYTHON:-}" ] || break
done < <(printf '%s\n' /usr/bin/python3; type -ap python3)
[ "$tried" -gt 0 ]
