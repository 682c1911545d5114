#!/usr/bin/python3
"""Writes a source with a hole in it: mutate.py SOURCE TARGET OLD NEW [OLD NEW ...]; each OLD must stand there once."""
import sys

source, target, *pairs = sys.argv[1:]
text = open(source, encoding="utf-8").read()
for old, new in zip(pairs[::2], pairs[1::2]):
    if text.count(old) != 1:
        sys.exit(f"{source}: {old!r} stands there {text.count(old)} times")
    text = text.replace(old, new)
open(target, "w", encoding="utf-8").write(text)
