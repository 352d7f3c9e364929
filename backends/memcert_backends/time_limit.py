"""How long an operation of a memory may take, and what is said of one that took longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

OPERATION_TIMEOUT = 30.0
"""How long an operation may take unless its memory says otherwise, in seconds."""

SECONDS_AFTER_CANCELLATION = 1.0
"""How long an operation that was cancelled, or took too long, is given to end, in seconds."""


def checked_seconds(value: object, name: str) -> float:
    """Return a time limit, in seconds.

    Args:
        value: what the caller gave.
        name: the argument's name, for the error.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not more than 0, or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be more than 0 and finite, not {value}")
    return float(value)


@asynccontextmanager
async def limited(seconds: float | None, what: str) -> AsyncIterator[None]:
    """Cancel what is within after some time, and say so.

    Args:
        seconds: how long it may take; None for as long as it wants.
        what: what it is, for the error.

    Raises:
        TimeoutError: it took longer.
    """
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise TimeoutError(
            f"{what} took longer than {seconds:g} s (operation_timeout) and was given up: it"
            " happened wholly or not at all, and which of the two is not known"
        ) from error
