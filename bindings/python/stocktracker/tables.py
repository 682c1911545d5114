"""How values and lists are shown: readable reprs, and tables in a notebook. Never contains a secret."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Iterable, List, Sequence, Tuple, TypeVar

__all__ = ["Rows", "add_displays"]

T = TypeVar("T")

_SHOWN = 20
_LONGEST = 60


def _columns(cls: type) -> List[str]:
    return [name for name, value in vars(cls).items() if isinstance(value, property) and not name.startswith("_")]


def _short(value: Any) -> str:
    """One cell. None is what is not known."""
    if value is None:
        return "\N{EM DASH}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, (Enum, str, int, float, timedelta)):
        text = str(value)
    elif isinstance(value, (list, tuple)):
        text = f"{len(value)}" if value and not isinstance(value[0], (str, int)) else ", ".join(map(str, value))
    else:
        name = getattr(value, "name", "") or getattr(value, "article", "") or getattr(value, "key", "")
        text = str(name or value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _repr_of(value: Any) -> str:
    cls = type(value)
    shown = ", ".join(f"{name}={_short(getattr(value, name))}" for name in _columns(cls))
    return f"<{cls.__name__} {shown}>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], note: str) -> str:
    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', heads)}</thead><tbody>{body}</tbody></table><p>{html.escape(note)}</p>"


def _table_of(rows: Sequence[Any], note: str) -> str:
    if not rows:
        return f"<p>{html.escape(note)}</p>"
    names = _columns(type(rows[0])) or ["value"]

    def cells(row: Any) -> Sequence[str]:
        return [_short(getattr(row, name, row)) for name in names]

    return _table(names, (cells(row) for row in rows[:_SHOWN]), note)


class Rows(List[T]):
    """A list of rows; a notebook shows it as a table."""

    def _repr_html_(self) -> str:
        more = len(self) - _SHOWN
        return _table_of(self, f"{len(self)} rows" + (f", {more} not shown" if more > 0 else ""))


def _html_of_value(value: Any) -> str:
    rows: List[Tuple[str, str]] = [(name, _short(getattr(value, name))) for name in _columns(type(value))]
    return _table(("", type(value).__name__), rows, "")


def _html_of_listing(listing: Any) -> str:
    """The next rows; they are not consumed."""
    rows = listing._peek(_SHOWN + 1)
    if not rows:
        return "<p>no more rows</p>"
    return _table_of(rows, "and more" if len(rows) > _SHOWN else f"{len(rows)} rows")


def _repr_of_listing(listing: Any) -> str:
    cursor = f" after {listing.cursor!r}" if listing.cursor else ""
    return f"<{type(listing).__name__}, an iterator{cursor}>"


def _repr_of_service(service: Any) -> str:
    """Its methods: what can be asked of it."""
    methods = [name for name in vars(type(service)) if not name.startswith("_")]
    return f"<{type(service).__name__}: {', '.join(methods)}>"


def _has_repr(cls: type) -> bool:
    """Its own, or inherited from another class of the library."""
    inherited: Any = cls.__repr__
    return bool(inherited is not object.__repr__)


def add_displays(classes: Iterable[type]) -> None:
    """Gives the native classes what they lack."""
    for cls in classes:
        own: Any = cls
        if "_peek" in vars(cls):
            own._repr_html_ = _html_of_listing
            own.__repr__ = _repr_of_listing
        elif _columns(cls) and "__enter__" not in vars(cls) and "reveal" not in vars(cls):
            own._repr_html_ = _html_of_value
            if not _has_repr(cls):
                own.__repr__ = _repr_of
        if not _has_repr(cls):
            own.__repr__ = _repr_of_service
