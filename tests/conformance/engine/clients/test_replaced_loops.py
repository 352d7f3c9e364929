"""Memories in another process whose event loop is closed, and another one opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcert.engine.programs.fault_operation import ReplaceLoop
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.outcome import RemoteError
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.reading import parse_program
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size
from memcert_backends.backend import Backend, Space

MEMORIES = """
import asyncio
import os

from memcert import backend
from memcert.short_term.mutants.folder_host import Kept
from memcert_reference import Msg

LOOPS = []


class TellsItsLoop(Kept):
    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        loop = asyncio.get_running_loop()
        if loop not in LOOPS:
            LOOPS.append(loop)
        told = {
            "process": os.getpid(),
            "loops": len(LOOPS),
            "closed": [each.is_closed() for each in LOOPS],
        }
        return [Msg("n", "x", "user", id="m0", metadata=told)]


@backend("tells-its-loop", store="folder")
async def tells(space):
    yield TellsItsLoop(space)


FIRST = []


@backend("of-one-loop", store="folder")
async def of_one_loop(space):
    FIRST.append(asyncio.get_running_loop())
    if FIRST[0] is not FIRST[-1]:
        raise RuntimeError("the client is of another event loop")
    yield Kept(space)
"""


@pytest.fixture
def memories(tmp_path: Path) -> str:
    file = tmp_path / "memories.py"
    file.write_text(MEMORIES)
    return str(file)


@pytest.fixture
def runner(memories: str) -> Iterator[Runner]:
    with Runner(CONTRACT, resolve(f"{memories}:tells")) as runner:
        yield runner


async def told(handle: Any) -> dict[str, Any]:
    messages: Any = await handle.run(Read())
    found: dict[str, Any] = messages[0]["metadata"]
    return found


def test_the_process_stays_and_the_loop_is_another(runner: Runner) -> None:
    space = Space("u", "s", runner.subject.server)
    workers, backend = runner.subject.workers, runner.subject.backend

    async def look() -> list[dict[str, Any]]:
        async with workers.opened(backend, space) as handle:
            found = [await told(handle)]
            for _ in range(2):
                await handle.replace_loop()
                found.append(await told(handle))
        # What it left behind is nothing for the next program.
        async with workers.opened(backend, space) as handle:
            found.append(await told(handle))
        return found

    first, second, third, other = runner.run(look())
    assert first["process"] == second["process"] == third["process"] != other["process"]
    assert [each["closed"] for each in (first, second, third)] == [
        [False],
        [True, False],
        [True, True, False],
    ]
    assert other["loops"] == 1


def test_a_process_that_was_used_before_is_not_new(runner: Runner) -> None:
    space = Space("u", "s", runner.subject.server)
    workers, backend = runner.subject.workers, runner.subject.backend

    async def look() -> list[int]:
        found = []
        for new_process in (False, False, True):
            async with workers.opened(backend, space, new_process=new_process) as handle:
                found.append((await told(handle))["process"])
        return found

    first, again, new = runner.run(look())
    assert first == again != new


def test_who_cannot_be_opened_in_a_second_loop_is_found(memories: str) -> None:
    add, client = Step(Add((Message("m0"),))), (Client(process=True),)
    backend: Backend = resolve(f"{memories}:of_one_loop")
    with Runner(CONTRACT, backend) as runner:
        found = runner.execute(Program((add, Step(ReplaceLoop()), Step(Size())), clients=client))
        assert found.divergence is not None
        assert found.divergence.operation == "opening the memory in another event loop"
        assert found.divergence.observed.startswith("raised RuntimeError: the client is of another")
        assert runner.execute(Program((add, Step(Size())), clients=client)).divergence is None


def test_the_error_is_that_of_the_other_process(memories: str) -> None:
    backend: Backend = resolve(f"{memories}:of_one_loop")

    async def replaced(runner: Runner) -> None:
        space = Space("u", "s", runner.subject.server)
        async with runner.subject.workers.opened(backend, space) as handle:
            await handle.replace_loop()

    with Runner(CONTRACT, backend) as runner, pytest.raises(RemoteError, match="another event"):
        runner.run(replaced(runner))


def test_a_client_of_this_process_has_the_loop_of_all() -> None:
    text = Program((Step(ReplaceLoop()),)).to_text()
    with pytest.raises(MalformedProgram, match="only a client in another process"):
        parse_program(text, CONTRACT.operations)
