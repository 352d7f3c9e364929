"""What never ends, and what ends in ways that nothing should."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
import warnings
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest

import memcert.engine.clients.handle
from memcert.engine.programs.program import Client, Program, Reopen, Step
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Size
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory

GOOD = Program((Step(Add((Message("m0"),))), Step(Size())))
BAD = Program((*GOOD.steps, Step(Delete(("m0",)))))


class Forever(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await asyncio.Event().wait()
        return 0


class Stubborn(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue


class Late(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return await super().delete(msg_ids)
        return 0


class Blocking(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        time.sleep(600)  # noqa: ASYNC251 - that is what it does wrong
        return 0


class BlockingOnce(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        with suppress(BaseException):
            time.sleep(600)  # noqa: ASYNC251 - that is what it does wrong
        return await super().delete(msg_ids)


async def the_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest.mark.usefixtures("impatient")
def test_an_operation_that_never_ends_is_a_verdict() -> None:
    started = perf_counter()
    with Runner(CONTRACT, as_backend(Forever, "tiny")) as runner:
        preflight(runner)
        execution = runner.execute(BAD)
        assert execution.divergence is not None
        assert execution.divergence.hang
        assert execution.divergence.step == 2
        assert execution.divergence.observed == "did not end: longer than 0.1 s"
        assert runner.execute(GOOD).divergence is None
    assert perf_counter() - started < 5


@pytest.mark.usefixtures("impatient")
def test_one_that_will_not_be_cancelled_is_a_verdict_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # What cannot be stopped is left behind, and Python says so when it is thrown away.
    caplog.set_level(logging.CRITICAL, "asyncio")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        started = perf_counter()
        with Runner(CONTRACT, as_backend(Stubborn, "tiny")) as runner:
            preflight(runner)
            loop = runner.run(the_loop())
            execution = runner.execute(BAD)
            assert execution.divergence is not None
            assert execution.divergence.hang
            # Not left open: what is taken apart after it would go on in it, and Python would warn.
            assert loop.is_closed()
            assert runner.execute(GOOD).divergence is None
        assert perf_counter() - started < 10
        gc.collect()


@pytest.mark.usefixtures("impatient")
def test_one_that_blocks_the_loop_is_a_verdict_too() -> None:
    with Runner(CONTRACT, as_backend(Blocking, "tiny")) as runner:
        preflight(runner)
        loop = runner.run(the_loop())
        for program in (
            BAD,
            replace(BAD, clients=(Client(), Client()), branches=((Step(Size()),),)),
        ):
            execution = runner.execute(program)
            assert execution.blocked == "await memory.delete(['m0'])"
            assert execution.divergence is not None
            assert execution.divergence.hang
            assert execution.divergence.step == 2
            assert "blocked the event loop for longer than" in execution.divergence.observed
        assert loop.is_closed()
        execution = runner.execute(GOOD)
        assert execution.divergence is None
        assert not execution.blocked
    assert signal.getsignal(signal.SIGURG) is signal.SIG_DFL
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.usefixtures("impatient")
def test_one_that_catches_everything_is_one_that_hangs() -> None:
    with Runner(CONTRACT, as_backend(BlockingOnce, "tiny")) as runner:
        execution = runner.execute(BAD)
    assert execution.divergence is not None
    assert execution.divergence.hang


def test_the_watch_does_nothing_in_another_thread() -> None:
    def run() -> bool:
        with Runner(CONTRACT, as_backend(InMemoryMemory, "tiny")) as runner:
            return runner.execute(GOOD).divergence is None

    with ThreadPoolExecutor() as threads:
        assert threads.submit(run).result()


@pytest.mark.usefixtures("impatient")
def test_one_that_answers_only_once_it_is_cancelled_hangs() -> None:
    with Runner(CONTRACT, as_backend(Late, "tiny")) as runner:
        execution = runner.execute(BAD)
    assert execution.divergence is not None
    assert execution.divergence.hang


@pytest.mark.usefixtures("impatient")
def test_a_timeout_of_the_memory_itself_is_no_hang() -> None:
    class TimesOut(InMemoryMemory):
        async def delete(self, msg_ids: list[str]) -> int:
            raise TimeoutError("the server does not answer")

    with Runner(CONTRACT, as_backend(TimesOut, "tiny")) as runner:
        execution = runner.execute(BAD)
    assert execution.divergence is not None
    assert not execution.divergence.hang
    assert execution.divergence.observed == "raised TimeoutError: the server does not answer"


def test_a_memory_that_cancels_itself_is_a_verdict() -> None:
    class CancelsItself(InMemoryMemory):
        async def delete(self, msg_ids: list[str]) -> int:
            raise asyncio.CancelledError

    with Runner(CONTRACT, as_backend(CancelsItself, "tiny")) as runner:
        execution = runner.execute(BAD)
    assert execution.divergence is not None
    assert execution.divergence.step == 2
    assert "CancelledError" in execution.divergence.observed


def factory_that(fails_at: str) -> Any:
    """Return a factory whose second opening, or first closing, hangs or raises."""
    opened: list[Space] = []

    async def factory(space: Space) -> AsyncIterator[InMemoryMemory]:
        opened.append(space)
        if len(opened) == 2 and fails_at == "opening":
            await asyncio.sleep(3600)
        if len(opened) == 2 and fails_at == "raising":
            raise OSError("no more connections")
        yield InMemoryMemory()
        if len(opened) == 1 and fails_at == "closing":
            await asyncio.sleep(3600)
        if len(opened) == 1 and fails_at == "raising after it":
            raise OSError("already closed")

    return factory


@pytest.mark.parametrize(
    ("fails_at", "operation", "observed"),
    [
        ("opening", "opening the memory", "did not yield a memory within 0.1 s"),
        ("raising", "opening the memory", "raised OSError: no more connections"),
        ("closing", "closing the memory", "did not end within 0.1 s after its yield"),
        ("raising after it", "closing the memory", "raised OSError: already closed"),
    ],
)
def test_opening_and_closing_in_a_program(
    monkeypatch: pytest.MonkeyPatch, fails_at: str, operation: str, observed: str
) -> None:
    monkeypatch.setattr(memcert.engine.clients.handle, "SECONDS_TO_OPEN", 0.1)
    program = Program((Step(Clear()), Step(Reopen()), Step(Clear())))
    with Runner(CONTRACT, as_backend(factory_that(fails_at), "tiny")) as runner:
        divergence = runner.execute(program).divergence
    assert divergence is not None
    assert (divergence.step, divergence.operation) == (1, operation)
    assert observed in divergence.observed


def test_an_interrupt_before_anything_runs_leaves_nothing_to_complain_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(_: Any, coroutine: Any) -> None:
        raise KeyboardInterrupt

    with (
        warnings.catch_warnings(record=True) as said,
        Runner(CONTRACT, as_backend(InMemoryMemory, "tiny")) as runner,
    ):
        with monkeypatch.context() as context:
            context.setattr(asyncio.Runner, "run", interrupted)
            with pytest.raises(KeyboardInterrupt):
                runner.execute(GOOD)
        assert runner.execute(GOOD).divergence is None
        gc.collect()
    assert not said
