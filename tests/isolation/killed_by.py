#!/usr/bin/python3
"""A program with a hole in it must fail the named test: killed_by.py PROGRAM TEST."""
import subprocess
import sys

program, test = sys.argv[1:]
done = subprocess.run([program, test], capture_output=True, text=True)
if done.returncode == 0 or "FAILED" not in done.stdout or test not in done.stdout:
    sys.exit(f"the hole was not found by {test!r}:\n{done.stdout[-3000:]}")
print(f"found by: {test}")
