"""Programs in which a memory is closed while an operation of it is under way."""

from __future__ import annotations

import asyncio
from typing import Any

from memcert.engine.programs.program import Client, Program, Reopen, Step
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size
from memcert.short_term.state_operations import Close
from memcert_reference import InMemoryMemory, Msg

ADD = Add((Message("m0"), Message("m1")))
SPACES: dict[tuple[str, str], dict[str, Any]] = {}


class Shared(InMemoryMemory):
    """A memory whose messages its space has, and that is not used once it is closed."""

    def __init__(self, user_id: str, session_id: str) -> None:
        super().__init__()
        self._entries = SPACES.setdefault((user_id, session_id), {})
        self._closed = False

    async def add(self, memories: Msg | list[Msg] | None, marks: Any = None) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        if self._closed:
            raise RuntimeError("closed")
        await super().add(memories, marks)

    async def close(self) -> None:
        self._closed = True


def executed(kind: Any, *branches: tuple[Step, ...], **rest: Any) -> Execution:
    program = Program((), branches=branches, **rest)
    with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
        return runner.execute(program)


def test_an_operation_of_a_memory_that_is_closed_may_raise_an_error() -> None:
    execution = executed(Shared, (Step(ADD),), (Step(Close()),))
    assert execution.divergence is None
    # What there is is looked at with another memory, in the same space.
    assert execution.observations == 1


def test_one_that_ended_before_may_not() -> None:
    class Fails(Shared):
        async def size(self) -> int:
            raise RuntimeError("closed")

    execution = executed(Fails, (Step(Size()), Step(Close())))
    assert execution.divergence is not None
    assert execution.divergence.observed == "raised RuntimeError: closed"


def test_nor_may_the_memory_of_another_client() -> None:
    class TakesAll(Shared):
        all_closed = False

        async def close(self) -> None:
            type(self).all_closed = self._closed = True

        async def add(self, memories: Msg | list[Msg] | None, marks: Any = None) -> None:
            self._closed = self.all_closed
            await super().add(memories, marks)

    clients = (Client(), Client())
    execution = executed(TakesAll, (Step(Close()), Step(ADD, 1)), clients=clients)
    assert execution.divergence is not None
    assert execution.divergence.observed == "raised RuntimeError: closed"


def test_nor_may_close() -> None:
    class Raises(Shared):
        async def close(self) -> None:
            if not self._closed:
                await super().close()
                raise RuntimeError("busy")

    execution = executed(Raises, (Step(ADD),), (Step(Close()),))
    assert execution.divergence is not None
    assert execution.divergence.operation == "await memory.close(); await memory.close()"


def test_half_of_an_operation_is_found() -> None:
    class Half(Shared):
        async def add(self, memories: Msg | list[Msg] | None, marks: Any = None) -> None:
            assert isinstance(memories, list)
            await InMemoryMemory.add(self, memories[:1], marks)
            await super().add(memories, marks)

    execution = executed(Half, (Step(ADD),), (Step(Close()),))
    assert execution.divergence is not None
    assert execution.divergence.operation == "await memory.get_memory()"


def test_once_it_was_opened_again_nothing_is_excused() -> None:
    class Second(Shared):
        async def size(self) -> int:
            raise RuntimeError("closed")

    steps = (Step(Close()), Step(Reopen()), Step(Size()), Step(Read()))
    execution = executed(Second, steps)
    assert execution.divergence is not None
    assert execution.divergence.step == 2
