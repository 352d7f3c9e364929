"""Something that is done at the n-th await of a task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from memcert.engine.clients.awaits import Alarm, watched

from .watching import Counter, run, sleeps


async def gathered() -> None:
    await asyncio.gather(sleeps(2), sleeps(3))


def rings(at: int, body: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[bool, str]:
    """Cancel a task at an await; return whether that came about, and how the task ended."""

    async def main() -> tuple[bool, str]:
        alarm = Alarm(at, lambda: task.done() or task.cancel())
        with watched(alarm):
            task = asyncio.create_task(body())
        await asyncio.wait({task})
        return alarm.rang, "cancelled" if task.cancelled() else f"returned {task.result()}"

    return run(main())


@pytest.mark.parametrize("at", range(6))
def test_an_alarm_rings_at_its_await(at: int) -> None:
    noted = []

    async def steps() -> str:
        for number in range(4):
            noted.append(number)
            await asyncio.sleep(0)
        return "all"

    if at < 4:
        assert rings(at, steps) == (True, "cancelled")
        assert noted == list(range(at + 1))
    else:
        assert rings(at, steps) == (False, "returned all")


def test_an_alarm_rings_while_a_task_within_waits() -> None:
    assert [rings(at, gathered)[1] for at in range(7)] == ["cancelled"] * 6 + ["returned None"]


def test_an_alarm_keeps_to_the_watch_around_it() -> None:
    async def main() -> None:
        counter = Counter()

        async def branch() -> None:
            with watched(Alarm(1, lambda: None)):
                task = asyncio.create_task(sleeps(3))
            await task

        with watched(counter):
            outer = asyncio.create_task(branch())
        await outer
        # Those of the task within, and that for it.
        assert (counter.awaits, counter.turns) == (4, 4)

    run(main())
