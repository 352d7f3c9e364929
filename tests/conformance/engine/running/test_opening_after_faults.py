"""Memories that open slowly, or never, once a fault befell an operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from memcert.engine.clients import handle, workers
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.fault import Cancel, Fault, KillClient
from memcert.engine.programs.program import Client, Program, Reopen, Step
from memcert.engine.running import clients
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend, resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory

SECONDS_TO_OPEN = 0.5
LATE, NEVER = 2 * SECONDS_TO_OPEN, 3600.0
ADD = Add((Message("m0"),))

MEMORIES = """\
import asyncio
import os
import signal
from pathlib import Path

from memcert import backend
from memcert.short_term.mutants.folder_host import Kept

KILLED = Path(__file__).with_name("killed")


class Whole(Kept):
    async def add(self, memories, marks=None):
        await super().add(memories, marks)
        if memories[0].name == "last":
            KILLED.touch()
        await asyncio.sleep(0)


@backend("whole", store="folder")
async def whole(space):
    if KILLED.exists():
        await asyncio.sleep(float(KILLED.with_name("seconds").read_text()))
    yield Whole(space)
"""


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (handle, clients, workers):
        monkeypatch.setattr(module, "SECONDS_TO_OPEN", SECONDS_TO_OPEN)


def opened_again(fault: Fault | None, seconds: float) -> Divergence | None:
    """Return what comes of a memory whose second opening takes so long."""
    entries: dict[str, Any] = {}
    openings = 0

    class Shared(InMemoryMemory):
        def __init__(self) -> None:
            super().__init__()
            self._entries = entries

        async def add(self, memories: Any, marks: Any = None) -> None:
            await asyncio.sleep(0)
            await super().add(memories, marks)

    async def factory(space: Space) -> AsyncIterator[Shared]:
        nonlocal openings
        openings += 1
        if openings == 2:
            await asyncio.sleep(seconds)
        yield Shared()

    # Two branches: it is a program that is judged at its end, with or without the fault.
    program = Program((Step(ADD, 0, fault), Step(Reopen())), branches=((Step(Read()),),) * 2)
    with Runner(CONTRACT, as_backend(factory, "tiny")) as runner:
        return runner.execute(program).divergence


def test_one_that_a_fault_befell_opens_in_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)
    assert opened_again(Cancel(), LATE) is None


def test_one_that_nothing_befell_has_no_reason_to(monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)
    divergence = opened_again(None, LATE)
    assert divergence is not None
    assert (divergence.step, divergence.operation) == (1, "opening the memory")
    assert f"within {SECONDS_TO_OPEN:g} s" in divergence.observed


def test_one_that_never_opens_is_found_by_the_time_of_what_the_fault_befell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    be_impatient(monkeypatch)
    monkeypatch.setattr(Add, "seconds", 0.25)
    began = perf_counter()
    divergence = opened_again(Cancel(), NEVER)
    assert perf_counter() - began < 30
    assert divergence is not None
    assert (divergence.step, divergence.operation) == (1, "opening the memory")
    assert "within 0.75 s" in divergence.observed


def killed_and_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> Divergence | None:
    """Return what comes of a memory that takes so long to open after its writer was killed."""
    path = folder / "memories.py"
    path.write_text(MEMORIES)
    (folder / "seconds").write_text(f"{seconds}")
    everyone = (Client(process=True), Client())
    last = Add((Message("m1", name="last"),))
    with Runner(CONTRACT, resolve(f"{path}:whole")) as runner:
        # What it takes to have a process at all is not what is limited here.
        assert runner.execute(Program((Step(ADD),), clients=everyone)).divergence is None
        be_impatient(monkeypatch)
        program = Program((Step(ADD), Step(last, 0, KillClient()), Step(Read())), clients=everyone)
        execution = runner.execute(program)
        assert execution.faults == 1
        return execution.divergence


def test_one_whose_writer_was_killed_opens_in_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert killed_and_opened(tmp_path, monkeypatch, LATE) is None


def test_one_whose_writer_was_killed_and_that_never_opens_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Add, "seconds", 1.0)
    began = perf_counter()
    divergence = killed_and_opened(tmp_path, monkeypatch, NEVER)
    assert perf_counter() - began < 60
    assert divergence is not None
    assert (divergence.step, divergence.operation) == (1, "opening the memory")
