"""Seams of an engine that may be written in Python: transport, clock, telemetry, keys.

Pass an object that has the methods; subclassing is not needed. The library calls it from its own threads, several at a
time. What it raises becomes an error that names the exception and its text (`InternalError`), or the error that it is if
it is a `StockError`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Dict, NamedTuple, Optional, Protocol

if TYPE_CHECKING:
    from typing import Literal

    from ._native import Call, HttpRequest, HttpResponse, Secret

__all__ = ["KeyProvider", "LogEvent", "SealingKey", "Telemetry", "TimeSource", "Transport"]


class Transport(Protocol):
    """Sends requests: open(transport=...). The engine's limits, retries and checks stay in front of it."""

    def send(self, request: HttpRequest, call: Call) -> HttpResponse:
        """Returns every complete answer, 4xx and 5xx included; redirects are not followed.

        Raise UnavailableError(code="connect_failed") if nothing was sent, code="connection_lost" if no answer came:
        these are tried again. `call.remaining` is the time that is left; a long wait calls `call.check()`.
        """
        ...


class TimeSource(Protocol):
    """The engine's time: open(clock=...).

    An object may also have `wait_until(at)`: it sleeps, at most until then, and may return early; for virtual time.
    """

    def now(self) -> datetime:
        """A datetime with a zone."""
        ...


class LogEvent(NamedTuple):
    """One log event. Never contains a secret."""

    severity: Literal["debug", "info", "warning", "error"]
    #: Stable and dotted: "sync.source_failed".
    name: str
    #: For people.
    message: str
    fields: Dict[str, str]


class Telemetry(Protocol):
    """Receives measurements and log events: open(telemetry=...). docs/telemetry.md lists them.

    Must be quick, and must not call the engine. An object may have only some of the methods. What they raise is
    counted, and reported by Engine.doctor.
    """

    def count(self, metric: str, by: int, labels: Dict[str, str]) -> None:
        """Adds to a counter."""

    def observe(self, metric: str, value: timedelta, labels: Dict[str, str]) -> None:
        """Records a duration."""

    def log(self, event: LogEvent) -> None:
        """Records an event."""


class SealingKey(NamedTuple):
    """A key that seals credentials."""

    #: 1 to 255 characters; sealed texts name their key by it.
    id: str
    #: 32 random bytes: Secret(os.urandom(32)).
    key: Secret


class KeyProvider(Protocol):
    """The keys of stored credentials: open(keys=...).

    An object may also have `ids()`, a list of all ids, the current first; and `make_current()`, which makes a fresh
    key the current one and returns its id.
    """

    def current(self) -> SealingKey:
        """The key for new texts."""
        ...

    def find(self, id: str) -> Optional[SealingKey]:
        """The key of that id; None if it is no longer held."""
        ...
