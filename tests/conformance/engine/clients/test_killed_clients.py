"""Processes of clients that are killed in the middle of an operation."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert.engine.programs.fault import KillClient
from memcert.engine.programs.fault_operation import ReplaceProcess
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size

MEMORIES = """\
import asyncio

from memcert import backend
from memcert.short_term.mutants.folder_host import Kept


class Whole(Kept):
    async def add(self, memories, marks=None):
        await asyncio.sleep(0)
        await super().add(memories, marks)
        await asyncio.sleep(0)


class Halves(Kept):
    async def add(self, memories, marks=None):
        for message in memories:
            await asyncio.sleep(0)
            await super().add([message], marks)


class Lazy(Kept):
    async def add(self, memories, marks=None):
        self.later = [*getattr(self, "later", []), *memories]

    async def get_memory(self, *args):
        await self.flush()
        return await super().get_memory(*args)

    async def size(self):
        await self.flush()
        return await super().size()

    async def flush(self):
        await super().add(getattr(self, "later", []))
        self.later = []


def named(name, kind):
    async def opened(space):
        yield kind(space)

    return backend(name, store="folder")(opened)


whole, halves, lazy = named("w", Whole), named("h", Halves), named("l", Lazy)
"""

CLIENTS = (Client(process=True), Client())
BATCH = Add((Message("m1"), Message("m2")))


def executed(path: Path, name: str, *programs: Program) -> list[Execution]:
    path = path / "memories.py"
    path.write_text(MEMORIES)
    with Runner(CONTRACT, resolve(f"{path}:{name}")) as runner:
        return [runner.execute(program) for program in programs]


def killed(at: int, *, timed: bool = False) -> Program:
    return Program(
        (
            Step(Add((Message("m0"),))),
            Step(BATCH, 0, KillClient(at, timed)),
            Step(Size()),
            Step(Size(), 1),
            Step(Read()),
        ),
        clients=CLIENTS,
    )


def test_one_that_is_killed_at_an_await_did_all_or_nothing(tmp_path: Path) -> None:
    executions = executed(tmp_path, "whole", *map(killed, range(3)))
    assert [each.divergence for each in executions] == [None] * 3
    # There is no third await: it is killed before it answers.
    assert [each.faults for each in executions] == [1, 1, 1]


def test_one_that_is_killed_at_some_time_did_all_or_nothing(tmp_path: Path) -> None:
    executions = executed(tmp_path, "whole", *(killed(at, timed=True) for at in (0, 1, 3)))
    assert [each.divergence for each in executions] == [None] * 3
    assert [each.faults for each in executions] == [1, 1, 1]


def test_half_a_batch_is_found(tmp_path: Path) -> None:
    executions = executed(tmp_path, "halves", *map(killed, range(3)))
    assert [each.divergence is None for each in executions] == [True, False, True]
    divergence = executions[1].divergence
    assert divergence is not None
    assert divergence.step == 2
    assert divergence.observed == "returned 2"


@pytest.mark.parametrize(("name", "good"), [("whole", True), ("lazy", False)])
def test_what_was_acknowledged_is_there_for_the_process_that_takes_over(
    tmp_path: Path, name: str, good: bool
) -> None:
    program = Program((Step(BATCH), Step(ReplaceProcess()), Step(Size())), clients=CLIENTS[:1])
    (execution,) = executed(tmp_path, name, program)
    assert (execution.divergence is None) is good
    assert execution.faults == 1
