"""Programs whose operations run at the same time, or are cancelled: what is made of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest

from memcert.engine.judging import linearization
from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.program import Client, Program, Reopen, SpaceName, Step
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size
from memcert_reference import InMemoryMemory, Msg


class Shared(InMemoryMemory):
    """A memory whose messages its space has; each operation waits before it does its work."""

    def __init__(self, user_id: str, session_id: str) -> None:
        super().__init__()
        self._entries = SPACES.setdefault((user_id, session_id), {})

    async def add(self, memories: Msg | list[Msg] | None, marks: Any = None) -> None:
        await asyncio.sleep(0)
        await super().add(memories, marks)

    async def size(self) -> int:
        await asyncio.sleep(0)
        return await super().size()


SPACES: dict[tuple[str, str], dict[str, Any]] = {}


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    yield
    SPACES.clear()


def executed(kind: Any, *programs: Program) -> list[Execution]:
    with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
        return [runner.execute(program) for program in programs]


def add(*ids: str) -> Add:
    return Add(tuple(map(Message, ids)))


def steps(*operations: Any, client: int = 0) -> tuple[Step, ...]:
    return tuple(Step(operation, client) for operation in operations)


def at_once(*branches: tuple[Step, ...], **rest: Any) -> Program:
    clients = tuple(Client() for _ in branches)
    return Program((), **{"clients": clients, "branches": branches} | rest)


TOGETHER = at_once(steps(add("m0"), add("m1"), Size()), steps(add("m2", "m0"), Read(), client=1))


def test_what_some_order_explains_passes() -> None:
    (execution,) = executed(Shared, TOGETHER)
    assert execution.divergence is None
    assert (execution.operations, execution.observations) == (5, 3)
    assert not execution.undecided


@pytest.mark.parametrize("turn", [(0, 1, 0, 1), (1, 0, 1, 0), (0, 0, 1, 1), ()])
def test_a_lost_update_is_found_in_whatever_interleaving_shows_it(turn: tuple[int, ...]) -> None:
    class Loses(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            there = dict(self._entries)
            await asyncio.sleep(0)
            self._entries.clear()
            self._entries.update(there)
            await InMemoryMemory.add(self, memories, marks)

    program = at_once(steps(add("m0")), steps(add("m1"), client=1), schedule=turn)
    divergence = executed(Loses, program)[0].divergence
    if turn == (0, 0, 1, 1):
        assert divergence is None
    else:
        assert divergence is not None
        assert divergence.operation == "await memory.get_memory()"
        assert divergence.expected.startswith("returned")


def test_an_error_that_nobody_caused_is_named() -> None:
    class Busy(Shared):
        async def size(self) -> int:
            raise OSError("database is locked")

    divergence = executed(Busy, TOGETHER)[0].divergence
    assert divergence is not None
    assert divergence.operation == "await memory.size()"
    assert divergence.observed == "raised OSError: database is locked"
    assert divergence.step == 2


def cancelled(operation: Any, at: int = 0, times: int = 1, **rest: Any) -> Program:
    return Program((Step(add("m0")), Step(operation, 0, Cancel(at, times)), Step(Size())), **rest)


@pytest.mark.parametrize("times", [1, 2])
def test_a_cancelled_operation_may_have_happened_or_not(times: int) -> None:
    class After(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            await InMemoryMemory.add(self, memories, marks)
            await asyncio.sleep(0)

    for kind in (Shared, After):
        program = cancelled(add("m1", "m2"), times=times, judges_errors=True)
        (execution,) = executed(kind, program)
        assert execution.divergence is None


def test_half_a_batch_is_found() -> None:
    class Half(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            for message in memories:
                await InMemoryMemory.add(self, [message], marks)
                await asyncio.sleep(0)

    divergences = [executed(Half, cancelled(add("m1", "m2"), at))[0].divergence for at in range(3)]
    assert divergences[0] is not None
    assert divergences[0].observed == "returned 2"
    assert divergences[0].expected in (
        "returned 1 or returned 3",
        "returned 3 or returned 1",
    )
    # At the second await both are there; a third there is not.
    assert divergences[1:] == [None, None]


def test_what_was_cancelled_does_not_happen_later() -> None:
    class Shielded(Shared):
        go, done = asyncio.Event(), asyncio.Event()

        async def add(self, memories: Any, marks: Any = None) -> None:
            await asyncio.shield(self._add(memories))

        async def _add(self, memories: Any) -> None:
            await self.go.wait()
            await InMemoryMemory.add(self, memories)
            self.done.set()

        async def delete(self, msg_ids: list[str]) -> int:
            self.go.set()
            await self.done.wait()
            return 0

    program = Program(
        (Step(add("m1"), 0, Cancel()), Step(Size()), Step(Delete(("m9",))), Step(Size()))
    )
    divergence = executed(Shielded, program)[0].divergence
    assert divergence is not None
    assert divergence.step == 3


def test_a_cancellation_that_is_swallowed_is_found_where_errors_are_judged() -> None:
    class Swallows(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                return
            await InMemoryMemory.add(self, memories, marks)

    class Replaces(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as error:
                raise OSError("interrupted") from error
            await InMemoryMemory.add(self, memories, marks)

    for kind, observed in ((Swallows, "returned None"), (Replaces, "raised OSError: interrupted")):
        divergence = executed(kind, cancelled(add("m1"), judges_errors=True))[0].divergence
        assert divergence is not None
        assert (divergence.expected, divergence.observed) == ("raised CancelledError", observed)
    # An answer promises that it happened; an error promises nothing.
    assert executed(Swallows, cancelled(add("m1")))[0].divergence is not None
    assert executed(Replaces, cancelled(add("m1")))[0].divergence is None


def test_one_that_ends_before_its_await_is_not_cancelled() -> None:
    (execution,) = executed(Shared, cancelled(add("m1"), 1, judges_errors=True))
    assert execution.divergence is None


def test_one_that_cancels_itself_has_no_excuse() -> None:
    class CancelsItself(Shared):
        async def size(self) -> int:
            raise asyncio.CancelledError

    (execution,) = executed(CancelsItself, cancelled(add("m1"), 9))
    assert execution.divergence is not None
    assert "CancelledError" in execution.divergence.observed


def test_one_that_diverges_stops_the_others() -> None:
    noted: list[str] = []

    class Slow(Shared):
        async def size(self) -> int:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                noted.append("stopped")
                raise
            noted.append("ended")
            return 0

        async def add(self, memories: Any, marks: Any = None) -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                return

    branches = ((Step(add("m0"), 0, Cancel()),), steps(Size(), Size(), client=1))
    (execution,) = executed(Slow, at_once(*branches, judges_errors=True))
    assert execution.divergence is not None
    assert execution.divergence.expected == "raised CancelledError"
    assert noted == ["stopped"]


def test_time_counts_once_for_operations_at_the_same_time() -> None:
    class SlowAtFirst(Shared):
        seconds = 0.5

        async def size(self) -> int:
            # Not when it is looked at afterwards.
            seconds, self.seconds = self.seconds, 0.0
            await asyncio.sleep(seconds)
            return await InMemoryMemory.size(self)

    branches = (steps(Size(), client=each) for each in range(5))
    began = perf_counter()
    (execution,) = executed(SlowAtFirst, at_once(*branches))
    # One after another it would be 2.5, more than have passed.
    assert 0.5 <= execution.backend_seconds <= perf_counter() - began


def test_operations_on_one_memory_take_effect_in_order_where_that_is_asked_for() -> None:
    class LastFirst(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            await asyncio.sleep(0.05 if memories[0].id == "m0" else 0)
            await InMemoryMemory.add(self, memories, marks)

    branches = (steps(add("m0")), steps(add("m1")))
    for in_order in (False, True):
        program = Program((), branches=branches, in_order=in_order)
        assert (executed(LastFirst, program)[0].divergence is None) is not in_order
        assert executed(Shared, program)[0].divergence is None


def test_fifty_clients_work_at_once() -> None:
    program = Program(
        (),
        spaces=tuple(SpaceName(f"u{number}") for number in range(25)),
        clients=tuple(Client(number % 25) for number in range(50)),
        branches=tuple(steps(add(f"m{each}"), Size(), client=each) for each in range(50)),
        pool=5,
    )
    began = perf_counter()
    (execution,) = executed(Shared, program)
    assert execution.divergence is None
    assert execution.operations == 100
    assert perf_counter() - began < 5


def test_spaces_are_judged_one_by_one() -> None:
    class Mixed(Shared):
        def __init__(self, user_id: str, session_id: str) -> None:
            super().__init__(user_id[:-1], session_id)

    program = Program(
        (),
        spaces=(SpaceName("0"), SpaceName("1")),
        clients=(Client(0), Client(1)),
        branches=(steps(add("m0")), steps(add("m1"), client=1)),
    )
    assert executed(Shared, program)[0].divergence is None
    assert executed(Mixed, program)[0].divergence is not None


def test_what_cannot_be_decided_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linearization, "STATES_AT_MOST", 0)
    (execution,) = executed(Shared, TOGETHER)
    assert execution.undecided
    assert execution.divergence is None


def test_a_reopening_in_a_branch_is_done_by_its_client() -> None:
    (execution,) = executed(
        Shared, at_once(steps(add("m0"), Reopen(), Size()), steps(add("m1"), Clear(), client=1))
    )
    assert execution.divergence is None
    assert execution.operations == 5


def test_a_schedule_decides_who_is_first() -> None:
    orders = []
    for schedule in ((0, 0, 1, 1), (1, 1, 0, 0)):
        program = at_once(steps(add("m0")), steps(add("m1"), client=1), schedule=schedule)
        assert executed(Shared, program)[0].divergence is None
        ((_, entries),) = SPACES.items()
        orders.append(list(entries))
        SPACES.clear()
    assert orders == [["m0", "m1"], ["m1", "m0"]]
