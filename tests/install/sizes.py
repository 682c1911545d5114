#!/usr/bin/python3
"""The sizes that docs/embedding.md names are those of an installation, within a tenth: sizes.py ROOT SHARED_PREFIX STATIC_PREFIX."""
import pathlib
import re
import subprocess
import sys
import tempfile

root, shared, static = map(pathlib.Path, sys.argv[1:])
guide = (root / "docs/embedding.md").read_text(encoding="utf-8")
faults = []


def compare(what, said, is_bytes):
    number, unit = said.split()
    bytes_said = float(number) * {"KB": 1e3, "MB": 1e6}[unit]
    # Half of the last digit that is said comes on top.
    digit = 10.0 ** -len(number.partition(".")[2]) * {"KB": 1e3, "MB": 1e6}[unit]
    if abs(is_bytes - bytes_said) > bytes_said / 10 + digit / 2:
        faults.append(f"{what}: docs/embedding.md says {said}, the installation has {is_bytes / 1e6:.2f} MB")


files = re.findall(r"^\| `(lib[^`]+)`[^|]*\| ([\d.]+ [KM]B) \| ([\d.]+ [KM]B)? ?\|$", guide, re.M)
for name, size, stripped in files:
    path = next((static if name == "libstocktracker.a" else shared).rglob(name))
    compare(name, size, path.stat().st_size)
    if stripped:
        with tempfile.NamedTemporaryFile() as copy:
            subprocess.run(["strip", "-o", copy.name, path], check=True)
            compare(name + ", stripped", stripped, pathlib.Path(copy.name).stat().st_size)
headers = list((shared / "include").rglob("*.hpp"))
number, size = re.search(r"^\| (\d+) headers \| ([\d.]+ MB) \|", guide, re.M).groups()
compare("headers", size, sum(path.stat().st_size for path in headers))
if len(headers) != int(number):
    faults.append(f"docs/embedding.md says {number} headers, the installation has {len(headers)}")
assert len(files) == 4, files
print("\n".join(faults) or "sizes: as docs/embedding.md says")
sys.exit(bool(faults))
