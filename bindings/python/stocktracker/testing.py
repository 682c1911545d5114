"""A simulated marketplace, in process and without a network, and the suite that connectors pass."""

from os import PathLike
from typing import Any, Union

from ._native import (
    Engine,
    Fault,
    LimitTable,
    ManualClock,
    TrueOrder,
    TruePosition,
    World,
    WorldFaults,
    WorldServer,
    answer_status,
    connector_contract,
    open,
    reset_connection,
    throttle,
    truncate_body,
)
from .values import FaultKind, WildberriesTokenType

__all__ = [
    "Fault",
    "FaultKind",
    "ManualClock",
    "WildberriesTokenType",
    "TrueOrder",
    "TruePosition",
    "World",
    "WorldFaults",
    "WorldServer",
    "answer_status",
    "connector_contract",
    "open_in",
    "reset_connection",
    "throttle",
    "truncate_body",
]


def open_in(world: World, path: Union[str, "PathLike[str]"] = ":memory:", *, seed: int = 1, **options: Any) -> Engine:
    """Opens an engine that uses the world's marketplace and clock. One seed reproduces a run.

    The default for `limits` is an empty table: no call waits for a limit, so only the test moves the time.
    """
    options.setdefault("limits", LimitTable())
    options.setdefault("threads", False)
    return open(path, transport=world.transport, clock=world.clock, seed=seed, **options)
