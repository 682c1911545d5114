#!/usr/bin/python3
"""Size of the binary with its library, what it links, and how fast it answers --version: release builds only."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

binary, library = sys.argv[1:3]
budgets = json.loads((pathlib.Path(__file__).resolve().parents[2] / "budgets.json").read_text())
total = 0
with tempfile.TemporaryDirectory() as folder:
    for path in (binary, library):
        stripped = os.path.join(folder, "stripped")
        subprocess.run(["strip", "-o", stripped, path], check=True)
        total += os.path.getsize(stripped)
# Who embeds the library links no server's client: that is for the add-on libraries, which the binary has.
linked = subprocess.run(["ldd", library], capture_output=True, text=True, check=True).stdout
assert not re.search(r"libpq|libpqxx|libhiredis|librabbitmq", linked), linked
times = []
for _ in range(20):
    start = time.perf_counter()
    subprocess.run([binary, "--version"], check=True, capture_output=True)
    times.append(time.perf_counter() - start)
best = sorted(times)[len(times) // 2] * 1000
print(f"stripped {total} bytes of {budgets['binary_with_library_bytes_stripped']}; --version in {best:.1f} ms (median)")
assert total <= budgets["binary_with_library_bytes_stripped"]
assert best <= budgets["version_milliseconds"], "the median of twenty starts"
