"""Running what was begun to its end, even if the task that waits for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

_SECONDS_UNTIL_AGAIN = 0.4
"""How long what was cancelled may take to tidy up before it is cancelled again, in seconds."""


async def to_its_end(doing: Coroutine[Any, Any, Result], patience: float) -> Result:
    """Run something to its end; a cancellation takes effect after it.

    What a server was asked for happens whether or not somebody waits for the answer. Who goes on
    before the answer is there may overtake it; the connection would be lost besides.

    Args:
        doing: what to run.
        patience: how long it may go on after a cancellation, in seconds, before it is cancelled
            too: a server that does not answer keeps nobody.

    Raises:
        CancelledError: this was cancelled; `doing` has ended, one way or the other.
    """
    task = asyncio.create_task(doing)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        await end_of(task, patience)
        raise
    return task.result()


async def end_of(task: asyncio.Task[Any], patience: float | None) -> None:
    """Wait for a task, however often the waiting is cancelled.

    Args:
        task: the task.
        patience: how long it may go on before it is cancelled, and again until it ends, in
            seconds; None for ever.
    """
    timer = None

    def cancel() -> None:
        nonlocal timer
        task.cancel()
        # One is lost where it comes as what `asyncio.wait_for` waits for ends, which redis-py sends
        # its commands by: https://bugs.python.org/issue42130, mended in Python 3.12.
        timer = asyncio.get_running_loop().call_later(_SECONDS_UNTIL_AGAIN, cancel)

    if patience is not None:
        timer = asyncio.get_running_loop().call_later(patience, cancel)
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            continue
    if timer is not None:
        timer.cancel()
    if not task.cancelled():
        task.exception()  # seen: the caller hears of the cancellation
