#!/usr/bin/python3
"""What the shared library exports, against tests/install/symbols.txt: symbols.py LIBRARY [--fix]."""
import difflib
import pathlib
import re
import subprocess
import sys

library = sys.argv[1]
known = pathlib.Path(__file__).parent / "symbols.txt"
lines = subprocess.run(["nm", "-DC", "--defined-only", library], capture_output=True, text=True, check=True).stdout
# Weak ones are instances of templates, of the standard library's and ours: consumers make them as well.
# The ends of the sections are gold's own.
ends = {"__bss_start", "_edata", "_end"}
strong = sorted({match[2] for match in re.finditer(r"^[0-9a-f]+ ([TBDRGS]) (.+)$", lines, re.M)} - ends)
foreign = [name for name in strong if "stocktracker::" not in name]
private = [name for name in strong if re.search(r"stocktracker::v0::(json|sql|sqlite|inventory|sync_run|curl)::", name)]
assert not foreign, ("exported, and not ours", foreign)
assert not private, ("exported, and private", private)
if "--fix" in sys.argv:
    known.write_text("\n".join(strong) + "\n")
difference = list(difflib.unified_diff(known.read_text().splitlines(), strong, "known", "exported", lineterm="", n=0))
print("\n".join(difference) if difference else f"{len(strong)} symbols, as known")
sys.exit("after a deliberate change: tests/install/symbols.py LIBRARY --fix" if difference else 0)
