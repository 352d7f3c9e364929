"""Many memories on one small pool, all reading and writing at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Any

from memcert.measure.baseline import Bare, bare_driver
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Part, judged, not_measured
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import payload_of, some_messages
from memcert.measure.plan import MeasurementPlan
from memcert.measure.sharing import on_one_pool
from memcert.measure.timing import seconds_text, timed_alone

TITLE = "many memories on a small pool"

_MESSAGES_EACH = 10
_KEPT_EACH = 9
_SPACES = 25
_SECONDS_EACH = 60.0


class Work:
    """What the memories did together.

    Args:
        memories: all of them; several are in each space.
    """

    def __init__(self, memories: Sequence[Any]) -> None:
        self._memories = memories
        self._messages = [
            some_messages(_MESSAGES_EACH, seed=number) for number in range(len(memories))
        ]
        self.operations = 0
        self.longest = 0.0
        self.errors: Counter[str] = Counter()

    async def do(self) -> None:
        """Let every memory read and write at once."""
        await asyncio.gather(*(self._one(number) for number in range(len(self._memories))))

    async def _one(self, number: int) -> None:
        memory, mark = self._memories[number], f"memory-{number}"
        messages = self._messages[number]
        for each in messages:
            await self._try(partial(memory.add, each, mark))
            await self._try(memory.size)
            await self._try(partial(memory.get_memory, mark))
            await self._try(partial(memory.update_messages_mark, "seen", msg_ids=[each.id]))
        await self._try(partial(memory.delete, [each.id for each in messages[_KEPT_EACH:]]))

    async def _try(self, work: Callable[[], Awaitable[Any]]) -> None:
        self.operations += 1
        begin = perf_counter()
        try:
            async with asyncio.timeout(_SECONDS_EACH):
                await work()
        except Exception as error:
            self.errors[" ".join(f"{type(error).__name__}: {error}".split())[:150]] += 1
        self.longest = max(self.longest, perf_counter() - begin)

    async def lost(self) -> list[str]:
        """Return what is not as it was left, a line for each memory that lost something."""
        found = []
        for number, memory in enumerate(self._memories):
            mark = f"memory-{number}"
            ids = [each.id for each in await memory.get_memory(mark)]
            expected = [each.id for each in self._messages[number][:_KEPT_EACH]]
            seen = {each.id for each in await memory.get_memory("seen")}
            if ids != expected:
                found.append(f"{mark} has {len(ids)} of its {len(expected)} messages in order")
            elif not seen.issuperset(expected):
                found.append(f"{mark} lost {len(set(expected) - seen)} marks")
        return found


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Let many memories read and write at once, and look for what is missing afterwards.

    Args:
        subject: the backend.
        plan: how many memories, and how small a pool.
        watch: told of progress.
    """
    text = f"{plan.memories} memories at once: no time-out, no error, nothing lost"
    async with on_one_pool(subject, plan) as found:
        if found is None:
            why = "memcert puts its own memories on a pool, and knows no way for this one"
            return Part(TITLE, lines=[not_measured(text, why)])
        make, pool = found
        memories = [
            make(f"{subject.token}-pool-{number % _SPACES}", "pool")
            for number in range(plan.memories)
        ]
        work = Work(memories)
        try:
            seconds, _ = await timed_alone(work.do)
            watch.step(1, 2, "the memories; now the bare driver")
            lost = await work.lost()
        finally:
            for memory in memories:
                await memory.clear()
                await memory.close()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(bare_driver(subject, "pool"))
        bare_seconds = None
        if first is not None:
            others = [
                await stack.enter_async_context(bare_driver(subject, "pool", shared=True))
                for _ in range(plan.pool_size - 1)
            ]
            drivers = [first, *(each for each in others if each is not None)]
            bare_seconds, _ = await timed_alone(lambda: _bare_work(drivers, plan))

    part = Part(TITLE, head=("what", "operations", "seconds"))
    part.rows.append((f"{plan.memories} memories, {pool}", f"{work.operations:,}",
                      seconds_text(seconds)))  # fmt: skip
    if first is not None and bare_seconds is not None:
        part.rows.append((f"{first.name}, {plan.pool_size} connections", f"{work.operations:,}",
                          seconds_text(bare_seconds)))  # fmt: skip
    part.figures = {
        "operations": work.operations,
        "seconds": seconds,
        "driver_seconds": bare_seconds,
        "longest_operation_seconds": work.longest,
        "errors": dict(work.errors),
        "lost": list(lost),
    }
    told = f"{work.operations:,} operations, the longest {seconds_text(work.longest)}"
    wrong = [f"{count} times {error}" for error, count in work.errors.most_common(2)] + lost[:2]
    part.lines.append(judged(f"{text} ({pool})", not wrong, "; ".join(wrong) or told))
    return part


async def _bare_work(drivers: Sequence[Bare], plan: MeasurementPlan) -> None:
    """Do the same number of operations with the same bytes, on as many connections."""
    idle: asyncio.Queue[Bare] = asyncio.Queue()
    for each in drivers:
        idle.put_nowait(each)

    @asynccontextmanager
    async def lent() -> AsyncIterator[Bare]:
        bare = await idle.get()
        try:
            yield bare
        finally:
            idle.put_nowait(bare)

    async def client(number: int) -> None:
        first = number * _MESSAGES_EACH
        for row, each in enumerate(some_messages(_MESSAGES_EACH, seed=number), first):
            async with lent() as bare:
                await bare.add(row, payload_of(each), f"memory-{number}")
            async with lent() as bare:
                await bare.size()
            async with lent() as bare:
                await bare.read(range(first, row + 1))
            async with lent() as bare:
                await bare.mark(row, "seen")
        async with lent() as bare:
            await bare.delete(range(first + _KEPT_EACH, first + _MESSAGES_EACH))

    await asyncio.gather(*(client(number) for number in range(plan.memories)))
