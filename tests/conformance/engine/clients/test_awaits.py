"""The awaits of tasks: counted, held back, and otherwise as if nobody looked."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from time import process_time
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.sql import text
from sqlalchemy.util import await_only, greenlet_spawn

from memcert.engine.clients.awaits import watched

from .watching import Counter, run, sleeps


async def counted(coroutine: Coroutine[Any, Any, Any]) -> int:
    counter = Counter()
    with watched(counter):
        task = asyncio.create_task(coroutine)
    await task
    return counter.awaits


async def nothing() -> None:
    pass


async def in_a_task() -> None:
    await asyncio.create_task(sleeps(2))


async def gathered() -> None:
    await asyncio.gather(sleeps(2), sleeps(3))


async def within_a_time() -> None:
    await asyncio.wait_for(sleeps(2), 5)


async def within_a_timeout() -> None:
    async with asyncio.timeout(5):
        await sleeps(2)


async def in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(sleeps(2))


async def a_future() -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 7)
    assert await future == 7


async def a_future_that_is_done() -> None:
    future = asyncio.get_running_loop().create_future()
    future.set_result(7)
    assert await future == 7


async def numbers(upto: int) -> AsyncIterator[int]:
    for number in range(upto):
        await asyncio.sleep(0)
        yield number


async def an_async_generator() -> None:
    assert [number async for number in numbers(3)] == [0, 1, 2]


async def in_a_greenlet() -> None:
    def work() -> int:
        return await_only(sleeps(2)) + await_only(sleeps(1))

    assert await greenlet_spawn(work) == 3


@pytest.mark.parametrize(
    ("body", "awaits"),
    [
        (nothing, 0),
        (lambda: sleeps(3), 3),
        (in_a_task, 2 + 1),
        (gathered, 2 + 3 + 1),
        (within_a_timeout, 2),
        (in_a_group, 2 + 1),
        (a_future, 1),
        (a_future_that_is_done, 0),
        (an_async_generator, 3),
        (in_a_greenlet, 3),
    ],
)
def test_awaits_are_counted_in_every_task(
    body: Callable[[], Coroutine[Any, Any, Any]], awaits: int
) -> None:
    assert run(counted(body())) == awaits


def test_wait_for_is_seen_through_whether_it_makes_a_task_or_not() -> None:
    # Python 3.12 no longer makes one.
    assert run(counted(within_a_time())) in (2, 2 + 1)


def test_a_driver_that_works_in_threads_is_seen_through() -> None:
    async def queries() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        try:
            async with engine.connect() as connection:
                assert (await connection.execute(text("SELECT 7"))).scalar() == 7
        finally:
            await engine.dispose()

    assert run(counted(queries())) > 3


def test_each_await_is_followed_by_a_turn_unless_it_raises() -> None:
    async def main() -> None:
        counter = Counter()

        async def raised() -> None:
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_exception, OSError("gone"))
            with pytest.raises(OSError, match="gone"):
                await future
            await asyncio.sleep(0)

        with watched(counter):
            task = asyncio.create_task(raised())
        await task
        assert (counter.awaits, counter.turns) == (2, 1)

    run(main())


def test_nothing_is_watched_outside() -> None:
    async def main() -> None:
        counter = Counter()
        with watched(counter):
            pass
        task = asyncio.create_task(sleeps(3))
        coroutine: Any = task.get_coro()
        assert coroutine.__qualname__ == "sleeps"
        assert await task == 3
        assert counter.awaits == 0

    run(main())


def test_results_and_errors_pass_through_unchanged() -> None:
    async def main() -> None:
        error = KeyError("x")

        async def raises() -> None:
            await asyncio.sleep(0)
            raise error

        with watched(Counter()):
            good, bad = asyncio.create_task(sleeps(2)), asyncio.create_task(raises())
        assert await good == 2
        with pytest.raises(KeyError) as raised:
            await bad
        assert raised.value is error

    run(main())


def test_an_error_is_thrown_where_it_was_awaited() -> None:
    async def main() -> list[str]:
        noted: list[str] = []

        async def cancelled() -> str:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError as error:
                noted.append(f"cancelled: {error}")
                await asyncio.sleep(0)
                noted.append("cleaned up")
                raise
            return "never"

        with watched(Counter()):
            task = asyncio.create_task(cancelled())
        await asyncio.sleep(0)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()
        return noted

    assert run(main()) == ["cancelled: enough", "cleaned up"]


def test_a_cancellation_that_is_swallowed_stays_swallowed() -> None:
    async def main() -> None:
        async def swallows() -> int:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                return await sleeps(2)
            return 0

        with watched(Counter()):
            task = asyncio.create_task(swallows())
        await asyncio.sleep(0)
        assert task.cancel()
        assert await task == 2

    run(main())


def test_a_cancellation_reaches_one_that_waits_for_its_turn() -> None:
    class Never(Counter):
        async def turn(self) -> None:
            self.turns += 1
            await asyncio.Event().wait()

    async def main() -> None:
        never = Never()
        with watched(never):
            task = asyncio.create_task(sleeps(2))
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (never.awaits, never.turns) == (1, 1)

    run(main())


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_one_that_is_thrown_away_is_closed(steps: int) -> None:
    closed: list[bool] = []

    async def waits() -> None:
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(3600)
        finally:
            closed.append(True)

    async def main() -> None:
        with watched(Counter()):
            task = asyncio.create_task(waits())
        for _ in range(steps):
            await asyncio.sleep(0)
        coroutine: Any = task.get_coro()
        if steps:
            coroutine.close()
        task.cancel()
        with pytest.raises((asyncio.CancelledError, RuntimeError)):
            await task
        del coroutine, task

    run(main())
    # One that never began has nothing to end, and nothing warns of it.
    gc.collect()
    assert closed == [True] * min(steps, 1)


def test_names_and_contexts_of_tasks_are_kept() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outer")

    async def main() -> None:
        context = contextvars.copy_context()
        context.run(variable.set, "inner")

        async def looks() -> tuple[str, str]:
            await asyncio.sleep(0)
            task = asyncio.current_task()
            assert task is not None
            return task.get_name(), variable.get()

        counter = Counter()
        with watched(counter):
            named = asyncio.create_task(looks(), name="this one")
            other = asyncio.create_task(looks(), name="that one", context=context)
        assert await named == ("this one", "outer")
        assert await other == ("that one", "inner")
        assert counter.awaits == 2

    run(main())


def test_it_costs_microprocess_time() -> None:
    async def main() -> tuple[float, float]:
        plain, seen = [], []
        for _ in range(5):
            began = process_time()
            await asyncio.create_task(sleeps(2000))
            plain.append(process_time() - began)
            with watched(Counter()):
                began = process_time()
                task = asyncio.create_task(sleeps(2000))
            await task
            seen.append(process_time() - began)
        return min(plain), min(seen)

    plain, seen = run(main())
    # Measured: about 2 of them.
    assert seen - plain < 2000 * 50e-6
