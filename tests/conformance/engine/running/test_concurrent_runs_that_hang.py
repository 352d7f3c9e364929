"""Operations at the same time that never end, and memories that never open or close."""

from __future__ import annotations

import asyncio
import gc
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, ClassVar

import pytest

from memcert.engine.clients import handle
from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.running import clients, time_limits
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory

ADD = Step(Add((Message("m0"),)))
CLIENTS = (Client(), Client())
GOOD = Program((), clients=CLIENTS, branches=((ADD,), (Step(Add(()), 1),)))
OTHER = (Step(Add(()), 1), Step(Add(()), 1))
HANGING = Program((), clients=CLIENTS, branches=((ADD, Step(Delete(("m0",)))), OTHER))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOON_SECONDS", "STOP_SECONDS", "CLOSE_SECONDS"):
        monkeypatch.setattr(time_limits, name, 0.3)
    monkeypatch.setattr(clients, "SECONDS_TO_OPEN", 0.3)
    monkeypatch.setattr(handle, "SECONDS_TO_OPEN", 0.3)


class Shared(InMemoryMemory):
    """A memory whose messages its space has."""

    spaces: ClassVar[dict[tuple[str, str], Any]] = {}

    def __init__(self, user_id: str, session_id: str) -> None:
        super().__init__()
        self._entries = self.spaces.setdefault((user_id, session_id), {})


class Hangs(Shared):
    async def delete(self, msg_ids: list[str]) -> int:
        await asyncio.Event().wait()
        return 0


class Stubborn(Shared):
    async def delete(self, msg_ids: list[str]) -> int:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue


@contextmanager
def left_behind(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What cannot be stopped is left behind, and Python says so when it is thrown away."""
    caplog.set_level(logging.CRITICAL, "asyncio")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
        gc.collect()


@pytest.mark.parametrize("kind", [Hangs, Stubborn])
def test_a_hang_is_a_verdict_and_the_session_goes_on(
    kind: type[Shared], caplog: pytest.LogCaptureFixture
) -> None:
    with left_behind(caplog):
        began = perf_counter()
        with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
            hung, good = runner.execute(HANGING), runner.execute(GOOD)
        assert perf_counter() - began < 30
    assert hung.divergence is not None
    assert hung.divergence.hang
    assert hung.divergence.step == 1
    assert "delete" in hung.divergence.operation
    assert hung.loop_lost is (kind is Stubborn)
    assert good.divergence is None


def test_a_hang_that_a_cancellation_meets_is_one() -> None:
    class HangsThen(Shared):
        async def add(self, memories: Any, marks: Any = None) -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                await asyncio.sleep(3600)
            await InMemoryMemory.add(self, memories, marks)

    program = Program((Step(ADD.operation, 0, Cancel()),))
    with Runner(CONTRACT, as_backend(HangsThen, "tiny")) as runner:
        divergence = runner.execute(program).divergence
    assert divergence is not None
    assert divergence.hang


@pytest.mark.parametrize("stubborn", [False, True])
@pytest.mark.parametrize("where", ["opening", "closing"])
def test_opening_or_closing_that_hangs_is_a_verdict(
    where: str, stubborn: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(handle, "SECONDS_TO_OPEN", 0.3)
    monkeypatch.setattr(clients, "SECONDS_TO_OPEN", 0.3)
    hangs = True

    async def forever() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if not stubborn:
                    raise

    async def factory(space: Space) -> AsyncIterator[Shared]:
        if where == "opening" and hangs:
            await forever()
        yield Shared(space.user_id, space.session_id)
        if where == "closing" and hangs:
            await forever()

    with (
        left_behind(caplog),
        Runner(CONTRACT, as_backend(factory, "tiny")) as runner,
    ):
        began = perf_counter()
        divergence = runner.execute(GOOD).divergence
        assert perf_counter() - began < 30
        assert divergence is not None
        assert divergence.operation == f"{where} the memory"
        hangs = False
        assert runner.execute(GOOD).divergence is None
