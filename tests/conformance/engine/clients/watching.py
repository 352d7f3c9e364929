"""Watching the awaits of tasks, as its tests do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from memcert.engine.clients.awaits import watched_task

Result = TypeVar("Result")


class Counter:
    """A watch that counts, and holds nobody back."""

    def __init__(self) -> None:
        self.awaits = 0
        self.turns = 0

    def waits(self) -> None:
        self.awaits += 1

    async def turn(self) -> None:
        self.turns += 1


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(watched_task)
        return runner.run(coroutine)


async def sleeps(times: int) -> int:
    for _ in range(times):
        await asyncio.sleep(0)
    return times
