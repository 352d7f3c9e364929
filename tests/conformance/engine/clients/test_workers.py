"""Memories in another process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, perf_counter, sleep

import pytest

import memcert.engine.clients.workers
import memcert.engine.running.sequential_run
from memcert.engine.programs.outcome import RemoteError
from memcert.engine.programs.program import Client, Program, Reopen, Step
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, Read, Size

MEMORIES = """\
import asyncio
import os
import subprocess
import sys
from pathlib import Path

from memcert import backend
from memcert.short_term.mutants.folder_host import Kept

ELSEWHERE = any(each.endswith("memcert.engine.clients.serving") for each in sys.orig_argv)
PROCESSES = Path(__file__).with_name("processes")


class Noted(Kept):
    def __init__(self, space):
        super().__init__(space)
        with PROCESSES.open("a") as file:
            print(os.getpid(), file=file)


class Prints(Noted):
    async def size(self):
        print("counting")
        return await super().size()


class PrintsBelowPython(Noted):
    async def size(self):
        os.write(1, b"counting\\n")
        subprocess.run(["echo", "counting"], check=True)
        return await super().size()


class Hangs(Noted):
    async def delete(self, msg_ids):
        if ELSEWHERE:
            await asyncio.sleep(3600)
        return await super().delete(msg_ids)


class Dies(Noted):
    async def delete(self, msg_ids):
        if ELSEWHERE:
            os._exit(3)
        return await super().delete(msg_ids)


class Raises(Noted):
    async def delete(self, msg_ids):
        if ELSEWHERE:
            raise PermissionError("only here")
        return await super().delete(msg_ids)


def named(name, kind):
    async def opened(space):
        if kind is None:
            if ELSEWHERE:
                raise PermissionError("only here")
            yield Kept(space)
        else:
            yield kind(space)

    return backend(name, store="folder")(opened)


noted, prints, prints_below = named("n", Noted), named("p", Prints), named("b", PrintsBelowPython)
hangs, dies, raises = named("h", Hangs), named("d", Dies), named("r", Raises)
unopened = named("u", None)
"""

ELSEWHERE = 1
CLIENTS = (Client(), Client(process=True))
LONG_NUMBER = Message("m1", metadata={"k": [10**5000, "\0😀"]})


def program(*steps: Step) -> Program:
    return Program(steps, clients=CLIENTS)


GOOD = program(
    Step(Add((Message("m0"),), ("a",))),
    Step(Size(), ELSEWHERE),
    Step(Add((LONG_NUMBER,)), ELSEWHERE),
    Step(Read("a"), ELSEWHERE),
    Step(Reopen(), ELSEWHERE),
    Step(Delete(("m0", "m0")), ELSEWHERE),
    Step(Size()),
)
DELETING = program(Step(Add((Message("m0"),))), Step(Delete(("m0",)), ELSEWHERE))
ADDING = program(Step(Add((Message("m0"),)), ELSEWHERE))


@pytest.fixture
def memories(tmp_path: Path) -> Iterator[Path]:
    """Write the memories to a file; whatever process they leave behind is ended."""
    path = tmp_path / "memories.py"
    path.write_text(MEMORIES)
    yield path
    for process in processes(path):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def processes(path: Path) -> set[int]:
    """Return the other processes that opened a memory."""
    noted = path.with_name("processes")
    text = noted.read_text() if noted.exists() else ""
    return {int(line) for line in text.split()} - {os.getpid()}


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def still_there(path: Path) -> set[int]:
    """Return those of them that have not ended after a moment."""
    until = monotonic() + 30
    while True:
        left = {each for each in processes(path) if is_there(each)}
        if not left or monotonic() > until:
            return left
        sleep(0.05)


def test_another_process_has_the_memory_open(memories: Path) -> None:
    with Runner(CONTRACT, resolve(f"{memories}:noted")) as runner:
        preflight(runner)
        assert runner.execute(GOOD).divergence is None
        # One process serves one memory after another.
        assert runner.execute(GOOD).divergence is None
        assert len(processes(memories)) == 1
    assert not still_there(memories)


@pytest.mark.parametrize("name", ["prints", "prints_below"])
def test_one_that_prints_there_disturbs_nothing(memories: Path, name: str) -> None:
    with Runner(CONTRACT, resolve(f"{memories}:{name}")) as runner:
        preflight(runner)
        assert runner.execute(GOOD).divergence is None


@pytest.mark.parametrize(
    ("name", "steps", "step", "observed"),
    [
        ("raises", DELETING, 1, "raised PermissionError: only here"),
        ("dies", DELETING, 1, "the other process ended"),
        ("unopened", ADDING, 0, "raised PermissionError: only here"),
    ],
)
def test_what_goes_wrong_there_is_a_verdict(
    memories: Path, name: str, steps: Program, step: int, observed: str
) -> None:
    with Runner(CONTRACT, resolve(f"{memories}:{name}")) as runner:
        preflight(runner)
        for _ in range(2):
            divergence = runner.execute(steps).divergence
            assert divergence is not None
            assert divergence.step == step
            assert observed in divergence.observed
    assert not still_there(memories)


def test_what_hangs_there_is_a_verdict_within_its_limit(
    memories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Delete, "seconds", 0.2)
    monkeypatch.setattr(memcert.engine.running.sequential_run, "GRACE_SECONDS", 1.0)
    monkeypatch.setattr(memcert.engine.clients.workers, "SECONDS_TO_CLOSE", 0.5)
    with Runner(CONTRACT, resolve(f"{memories}:hangs")) as runner:
        preflight(runner)
        started = perf_counter()
        divergence = runner.execute(DELETING).divergence
        assert perf_counter() - started < 20
        assert divergence is not None
        assert divergence.hang
        assert divergence.step == 1
        assert "memory.delete" in divergence.operation
        assert runner.execute(ADDING).divergence is None
    assert not still_there(memories)


def test_an_error_of_another_process_is_known_by_its_families() -> None:
    error = RemoteError("OwnError", ["ValueError", "Exception"], "text")
    assert (error.name, str(error)) == ("OwnError", "text")
