"""The progress display of `progress=True`."""

from __future__ import annotations

import sys

__all__ = ["Meter"]


class Meter:
    """A line per stage on standard error, rewritten in place on a terminal."""

    def __init__(self) -> None:
        self._stage = ""
        self._terminal = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, expected: int) -> None:
        counted = f"{done} of {expected}" if expected else f"{done}"
        if self._terminal:
            lead = "\n" if self._stage and stage != self._stage else ""
            sys.stderr.write(f"{lead}\r{stage}: {counted}\x1b[K")
        elif stage != self._stage:
            sys.stderr.write(f"{stage}\n")
        self._stage = stage
        sys.stderr.flush()

    def close(self) -> None:
        """Ends the line."""
        if self._terminal and self._stage:
            sys.stderr.write("\n")
