#!/usr/bin/python3
"""A program with a hole in it must fail the named test: killed_by.py PROGRAM TEST [UNHARMED].

UNHARMED is the program without the hole. The test must pass there: one that is red anyway finds no hole."""
import subprocess
import sys


def run(program, test):
    return subprocess.run([program, test], capture_output=True, text=True)


program, test, *unharmed = sys.argv[1:]
for path in unharmed:
    done = run(path, test)
    # A name that no test has is a success of the program, too, without this line.
    if done.returncode != 0 or "All tests passed" not in done.stdout:
        sys.exit(f"without the hole {test!r} does not pass either:\n{done.stdout[-3000:]}")
done = run(program, test)
if done.returncode == 0 or "FAILED" not in done.stdout or test not in done.stdout:
    sys.exit(f"the hole was not found by {test!r}:\n{done.stdout[-3000:]}")
print(f"found by: {test}")
