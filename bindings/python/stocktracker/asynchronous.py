"""Operations of the library as awaitables of asyncio."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ._native import Operation

__all__ = ["completed"]

T = TypeVar("T")

_FIRST_LOOK = 0.001
_LONGEST_LOOK = 0.05


async def completed(operation: Operation[T]) -> T:
    """The result of the operation, or its exception. If the task is cancelled, the operation is cancelled, too.

    Looks whether it is done, more and more rarely: an operation that waits for a marketplace occupies no thread of
    Python, so that a hundred may run at a time.
    """
    pause = _FIRST_LOOK
    try:
        while not operation.done:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOOK)
    except asyncio.CancelledError:
        operation.cancel()
        raise
    return operation.result()
