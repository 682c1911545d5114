"""Refuses sub-interpreters: exceptions, enumerations and locks of the compiled part exist once in a process."""

import importlib
from typing import Any


def _is_main() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters: Any = importlib.import_module(name)
        except ImportError:
            continue
        current, main = interpreters.get_current(), interpreters.get_main()
        return bool(current == main)
    return True


if not _is_main():
    raise ImportError("stocktracker works in the main interpreter only, not in a sub-interpreter")
