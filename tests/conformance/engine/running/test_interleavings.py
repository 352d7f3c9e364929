"""Interleavings that are chosen, await by await."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import permutations
from time import perf_counter
from typing import Any

import pytest

from memcert.engine.clients.awaits import watched, watched_task
from memcert.engine.running.interleaving import PATIENCE_SECONDS, Branch, Interleaving

Body = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]


def run(schedule: list[int], *bodies: Body) -> list[int]:
    """Run branches and return who noted something, in order."""
    noted: list[int] = []
    turns = Interleaving(schedule)

    async def branch(number: int, body: Body) -> None:
        try:
            await turns.take(number)
            with watched(Branch(turns, number)):
                await asyncio.create_task(body(lambda: noted.append(number)))
        finally:
            turns.end(number)

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(watched_task)
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            for number, body in enumerate(bodies):
                group.create_task(branch(number, body))

    asyncio.run(main())
    return noted


async def three_steps(note: Callable[[], None]) -> None:
    note()
    await asyncio.sleep(0)
    note()
    await asyncio.sleep(0)
    note()


ORDERS = sorted(set(permutations([0, 0, 0, 1, 1, 1])))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "".join(map(str, order)))
def test_every_interleaving_of_two_branches_can_be_had(order: tuple[int, ...]) -> None:
    assert len(ORDERS) == 20
    started = perf_counter()
    assert run(list(order), three_steps, three_steps) == list(order)
    # Nobody had to be waited for.
    assert perf_counter() - started < 5


def test_three_branches_follow_a_schedule_too() -> None:
    order = [2, 0, 0, 1, 2, 1, 0, 2, 1]
    assert run(order, three_steps, three_steps, three_steps) == order


def test_after_the_schedule_all_run() -> None:
    noted = run([1], three_steps, three_steps)
    assert noted[0] == 1
    assert sorted(noted) == [0, 0, 0, 1, 1, 1]


def test_without_a_schedule_all_run() -> None:
    assert run([], three_steps, three_steps) == [0, 1, 0, 1, 0, 1]


def test_a_branch_that_has_ended_is_passed_over_at_once() -> None:
    started = perf_counter()
    assert run([0] * 2000 + [1, 1, 1], three_steps, three_steps) == [0, 0, 0, 1, 1, 1]
    assert perf_counter() - started < 1900 * PATIENCE_SECONDS


def test_one_that_waits_for_another_lets_it_go_on() -> None:
    lock = asyncio.Lock()

    async def locked(note: Callable[[], None]) -> None:
        async with lock:
            await three_steps(note)

    # The second one has the turn when the first one has the lock.
    assert run([0, 1, 1, 1, 1, 0, 0, 0], locked, locked) == [0, 0, 0, 1, 1, 1]


def test_one_that_waits_for_another_is_waited_for_once_and_has_its_turns_afterwards() -> None:
    gone = asyncio.Event()

    async def many_steps(note: Callable[[], None]) -> None:
        for _ in range(100):
            note()
            await asyncio.sleep(0)
        gone.set()
        await three_steps(note)

    async def waits(note: Callable[[], None]) -> None:
        await gone.wait()
        await three_steps(note)

    started = perf_counter()
    noted = run([0, 1] * 101 + [0, 1, 0, 1], waits, many_steps)
    assert perf_counter() - started < 50 * PATIENCE_SECONDS
    assert noted[:100] == [1] * 100
    assert noted[100:] == [1, 1, 0, 1, 0, 0]


def test_tasks_of_a_branch_share_its_turns() -> None:
    async def gathers(note: Callable[[], None]) -> None:
        await asyncio.gather(three_steps(note), three_steps(note))

    noted = run([0, 0, 0, 1, 1, 1, 0], gathers, three_steps)
    assert noted[:2] == [0, 0]
    assert sorted(noted) == [0] * 6 + [1] * 3


def test_one_that_is_cancelled_while_it_waits_for_its_turn_leaves_the_others_theirs() -> None:
    async def cancels(note: Callable[[], None]) -> None:
        task = asyncio.create_task(three_steps(note))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    noted = run([0, 1, 1, 1], cancels, three_steps)
    assert [each for each in noted if each == 1] == [1, 1, 1]
    assert noted.count(0) <= 1


def in_a_loop(coroutine: Awaitable[None]) -> None:
    async def main() -> None:
        async with asyncio.timeout(10):
            await coroutine

    asyncio.run(main())


def test_who_is_cancelled_while_it_waits_holds_nobody_up() -> None:
    async def main() -> None:
        turns = Interleaving([1, 0])
        waits = asyncio.create_task(turns.take(0))
        await asyncio.sleep(0)
        waits.cancel()
        # Its turn comes before it knows of that.
        turns.end(1)
        with pytest.raises(asyncio.CancelledError):
            await waits
        await turns.take(0)

    in_a_loop(main())


def test_who_raises_ends() -> None:
    async def raises(note: Callable[[], None]) -> None:
        note()
        raise OSError("no more")

    started = perf_counter()
    with pytest.raises(ExceptionGroup) as raised:
        run([0] * 2000, raises, three_steps)
    assert raised.value.subgroup(OSError)
    assert perf_counter() - started < 1900 * PATIENCE_SECONDS
