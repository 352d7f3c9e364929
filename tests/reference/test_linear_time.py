"""Every operation of the reference takes time in proportion to what it looks at, at most."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from time import process_time

import pytest

from memcert_reference import InMemoryMemory, Msg

SMALL, LARGE = 1_000, 10_000

# Ten times the data is ten times the work; a quadratic one would take a hundred times as long.
# The rest is for a machine whose caches others use too.
FACTOR = 40


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    """Leave the garbage of other tests alone, which is none of the reference's work."""
    gc.disable()
    yield
    gc.enable()


async def filled(count: int) -> InMemoryMemory:
    memory = InMemoryMemory()
    await memory.add([Msg("n", "x", "user", id=f"m{n}") for n in range(count)], "a")
    return memory


async def add_again(memory: InMemoryMemory, count: int) -> None:
    await memory.add([Msg("n", "y", "user", {}, "then", id=f"m{n}") for n in range(count)])
    assert await memory.size() == count


async def delete_half(memory: InMemoryMemory, count: int) -> None:
    assert await memory.delete([f"m{n}" for n in range(0, count, 2)]) == count // 2


async def delete_half_from_the_end(memory: InMemoryMemory, count: int) -> None:
    assert await memory.delete([f"m{n}" for n in range(count - 1, 0, -2)]) == count // 2


async def delete_by_mark(memory: InMemoryMemory, count: int) -> None:
    assert await memory.delete_by_mark(["b", "a"]) == count


async def update_marks(memory: InMemoryMemory, count: int) -> None:
    ids = [f"m{n}" for n in range(0, count, 2)]
    assert await memory.update_messages_mark("b", "a", ids) == count // 2
    assert await memory.update_messages_mark("c") == count


async def read(memory: InMemoryMemory, count: int) -> None:
    assert len(await memory.get_memory("a", "b")) == count


async def move(memory: InMemoryMemory, count: int) -> None:
    await memory.import_state(await memory.export_state())
    assert await memory.size() == count


Work = Callable[[InMemoryMemory, int], Awaitable[None]]


async def seconds(work: Work, count: int) -> float:
    """Return the least of three processor times: what else there is only ever adds."""
    times = []
    for _ in range(3):
        memory = await filled(count)
        started = process_time()
        await work(memory, count)
        times.append(process_time() - started)
    return min(times)


@pytest.mark.parametrize(
    "work",
    [
        add_again,
        delete_half,
        delete_half_from_the_end,
        delete_by_mark,
        update_marks,
        read,
        move,
    ],
)
def test_ten_times_the_data_is_not_a_hundred_times_the_work(work: Work) -> None:
    async def body() -> tuple[float, float]:
        return await seconds(work, SMALL), await seconds(work, LARGE)

    small, large = asyncio.run(body())
    assert large < FACTOR * small


def test_deleting_half_of_fifty_thousand_costs_no_more_than_adding_them() -> None:
    async def body() -> tuple[float, float]:
        started = process_time()
        memory = await filled(50_000)
        added = process_time()
        assert await memory.delete([f"m{n}" for n in range(25_000)]) == 25_000
        return added - started, process_time() - added

    adding, deleting = asyncio.run(body())
    assert deleting < adding
