#!/usr/bin/python3
"""Compiles each file as it stands, and with MISUSE: run.py COMPILER INCLUDE..."""
import concurrent.futures
import pathlib
import re
import subprocess
import sys

compiler, *includes = sys.argv[1:]
flags = ["-std=c++20", "-fsyntax-only", "-Werror=unused-result", *("-I" + one for one in includes)]
files = sorted(pathlib.Path(__file__).parent.glob("*.cpp"))


def problem(file):
    expected = re.search(r"^// expect: (.+)$", file.read_text(), re.M)
    if not expected:
        return "says not what it expects"
    right = subprocess.run([compiler, *flags, file], capture_output=True, text=True)
    if right.returncode != 0:
        return "does not compile as it stands\n" + right.stderr
    # The last -std counts.
    misuse = re.search(r"^// misuse flags: (.+)$", file.read_text(), re.M)
    more = misuse[1].split() if misuse else []
    wrong = subprocess.run([compiler, *flags, "-DMISUSE", *more, file], capture_output=True, text=True)
    if wrong.returncode == 0:
        return "compiles although it is misuse"
    if not re.search(expected[1], wrong.stderr):
        return "fails for another reason\n" + wrong.stderr
    limit = re.search(r"^// at most (\d+) errors$", file.read_text(), re.M)
    if limit and len(re.findall(r"\berror: ", wrong.stderr)) > int(limit[1]):
        return "fails for more reasons than one\n" + wrong.stderr
    return None


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    found = [(file.name, why) for file, why in zip(files, pool.map(problem, files)) if why]
for name, why in found:
    print(name, why)
print(f"{len(files)} kinds of misuse, {len(found)} wrong")
sys.exit(1 if found or len(files) < 10 else 0)
