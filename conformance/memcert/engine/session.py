"""A run's hold on a backend: one event loop, one running store, programs one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from memcert.engine.capabilities import Capabilities
from memcert.engine.contract import Contract
from memcert.engine.execution import Execution, Run, Subject
from memcert.engine.program import Program
from memcert.engine.trials.awaits import watched_task
from memcert.engine.trials.environment import Environment
from memcert.engine.trials.trial import Trial
from memcert.engine.worker import Workers
from memcert_backends.backend import Backend
from memcert_backends.servers import start

Result = TypeVar("Result")

SECONDS_TO_LEAVE = 1.0
"""How long tasks that are given up may take to end once cancelled, in seconds."""


class Session:
    """A backend under judgement; a context manager that starts its store and stops it.

    Args:
        contract: what it is judged by.
        backend: what is judged.
        server: how its store is started (`memcert_backends.servers.start`); None for the backend's
            own way.

    Raises:
        ServerUnavailable: the store cannot be had in this way (on entering).
    """

    def __init__(self, contract: Contract, backend: Backend, server: str | None = None) -> None:
        self._how = server
        self._stack = ExitStack()
        self.subject = Subject(contract, backend, Capabilities(), Workers(contract))

    def __enter__(self) -> Self:
        backend = self.subject.backend
        if backend.store is not None:
            server = self._stack.enter_context(start(backend.store, self._how or backend.way))
            environment = Environment(server)
            self._stack.callback(environment.close)
            self.subject = replace(self.subject, server=server, environment=environment)
        self._runner = _new_runner()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._stack:
            try:
                self._runner.run(self.subject.workers.close())
            finally:
                self._runner.close()

    def grant(self, capabilities: Capabilities) -> None:
        """Say what the backend can do.

        Args:
            capabilities: what was detected and declared.
        """
        self.subject = replace(self.subject, capabilities=capabilities)

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the loop of this session.

        Args:
            coroutine: what to run.
        """
        return self._runner.run(coroutine)

    def execute(self, program: Program) -> Execution:
        """Run a program against the backend and the model, and give up on one that hangs.

        Args:
            program: what to run.
        """
        run = (Trial if program.troubled else Run)(program, self.subject)
        execution = self._runner.run(_guarded(run))
        if execution is None or execution.loop_lost:
            # Something in that loop cannot be stopped; the rest of the run gets another one.
            self.subject.workers.kill()
            _leave(self._runner)
            self._runner = _new_runner()
            self.subject = replace(self.subject, workers=Workers(self.subject.contract))
            return run.result
        return execution


def _new_runner() -> asyncio.Runner:
    runner = asyncio.Runner()
    runner.get_loop().set_task_factory(watched_task)
    return runner


def _leave(runner: asyncio.Runner) -> None:
    """Close a loop in which something cannot be stopped, once the rest of it has ended.

    Left to the garbage collector it would be taken apart in any order: an asynchronous generator
    that goes before its loop has Python 3.13 warn of an `aclose()` that nobody awaits.
    """
    loop = runner.get_loop()
    loop.run_until_complete(_end_tasks())
    loop.close()


async def _end_tasks() -> None:
    """Cancel every other task, and wait for them and for what they start in ending."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SECONDS_TO_LEAVE
    this = {asyncio.current_task()}
    for task in asyncio.all_tasks() - this:
        task.cancel()
    while (left := asyncio.all_tasks() - this) and (seconds := until - loop.time()) > 0:
        await asyncio.wait(left, timeout=seconds)


async def _guarded(run: Run | Trial) -> Execution | None:
    """Run a program to its end, or until it is clear that it has none."""
    task = asyncio.create_task(run.execute())
    try:
        while not task.done() and run.stuck() is None:
            await asyncio.wait({task}, timeout=0.5)
    except BaseException:
        # The user has had enough: what is open is closed, unless that cannot be.
        task.cancel()
        await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
        raise
    return task.result() if task.done() else None
