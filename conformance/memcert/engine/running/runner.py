"""A run's hold on a backend: one event loop, one running store, programs one after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from dataclasses import replace
from inspect import CORO_CREATED, getcoroutinestate
from math import inf
from time import monotonic, perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar

from memcert.engine.capabilities import Capabilities
from memcert.engine.clients.awaits import watched_task
from memcert.engine.clients.loop_watch import LoopBlocked, LoopWatch, at_most
from memcert.engine.clients.workers import Workers
from memcert.engine.contract import Contract
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.outcome import HangError, Outcome
from memcert.engine.programs.program import Looks, Program, Step
from memcert.engine.running.concurrent_run import ConcurrentRun
from memcert.engine.running.environment import Environment
from memcert.engine.running.execution import Execution
from memcert.engine.running.sequential_run import SequentialRun
from memcert.engine.running.subject import Subject
from memcert_backends.backend import Backend
from memcert_backends.servers import start

Result = TypeVar("Result")

SECONDS_TO_LEAVE = 1.0
"""How long tasks that are given up may take to end once cancelled, in seconds."""

PROGRAMS_REMEMBERED = 4
"""How many programs are remembered that may have left something in the store."""

SECONDS_TO_END = 5.0
"""How long tasks that are left when the runner ends may take, in seconds."""


class Runner:
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
        self.server = server
        """How its store is started; None for the backend's own way."""
        self.earlier: deque[Program] = deque(maxlen=PROGRAMS_REMEMBERED)
        """The programs that were run last, the last one last."""
        self.isolates = False
        """Whether each program gets a store of its own."""
        self._stack = ExitStack()
        self._watch = LoopWatch()
        self._until = inf
        self.subject = Subject(contract, backend, contract.capabilities(), Workers(contract))

    def __enter__(self) -> Self:
        self._stack.enter_context(self._watch)
        self._store = self._stack.enter_context(ExitStack())
        self._start_store()
        self._runner = _new_runner()
        return self

    def _start_store(self) -> None:
        backend = self.subject.backend
        if backend.store is not None:
            server = self._store.enter_context(start(backend.store, self.server or backend.way))
            environment = Environment(server)
            self._store.callback(environment.close)
            self.subject = replace(self.subject, server=server, environment=environment)

    def renew(self) -> bool:
        """Start the store anew, and tell whether that could be done.

        Something is stored in it at once, as `preflight` does: a store that nothing was ever
        stored in is for the programs that ask for one (`Program.fresh_store`).
        """
        server = self.subject.server
        if server is None or server.how == "url":
            return False
        self.run(self.subject.workers.close())
        self._store.close()
        self._start_store()
        self.subject = replace(self.subject, workers=Workers(self.subject.contract))
        write, _ = self.subject.contract.probe
        self._execute(Program((Step(write),), looks=Looks.NEVER))
        return True

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._stack:
            try:
                self.run(self.subject.workers.close())
            finally:
                self._leave(SECONDS_TO_END)

    def grant(self, capabilities: Capabilities) -> None:
        """Say what the backend can do.

        Args:
            capabilities: what was detected and declared.
        """
        self.subject = replace(self.subject, capabilities=capabilities)

    def be_impatient(self, patience: float) -> None:
        """Have operations count as hanging soon: one that must be quick did.

        Args:
            patience: how long one may take, in seconds.
        """
        self.subject = replace(self.subject, patience=patience)

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the event loop of this runner.

        Args:
            coroutine: what to run.

        Raises:
            LoopBlocked: the backend kept the loop.
        """
        try:
            with self._watch.running(self._runner.get_loop()):
                return self._runner.run(coroutine)
        finally:
            # An interrupt may come before it has begun: Python would warn that nobody awaits it.
            if getcoroutinestate(coroutine) == CORO_CREATED:
                coroutine.close()

    def end_at(self, until: float) -> None:
        """Say when programs must end, done or not.

        Args:
            until: when, as of `time.perf_counter`.
        """
        self._until = until
        self._watch.until = monotonic() + (until - perf_counter())

    def check(self, rule: str) -> None:
        """Say which rule is checked from now on.

        Args:
            rule: its id.
        """
        self._watch.about = rule

    def execute(self, program: Program) -> Execution:
        """Run a program against the backend and the model, and give up on one that hangs.

        Args:
            program: what to run.
        """
        if self.isolates:
            self.renew()
        self.earlier.append(program)
        return self._execute(program)

    def _execute(self, program: Program) -> Execution:
        run = (ConcurrentRun if program.is_concurrent else SequentialRun)(program, self.subject)
        execution = None
        with suppress(LoopBlocked):
            execution = self.run(_guarded(run, self._until))
        if (error := self._watch.noticed) is not None:
            # Even if the backend caught it.
            execution = None
            observed = str(Outcome(error=HangError(str(error))))
            run.result.blocked = error.operation
            # What went wrong first is what matters.
            run.result.divergence = run.result.divergence or Divergence(
                error.step, error.operation, "an end", observed, hang=True
            )
        if execution is None or execution.loop_lost:
            # Something in that loop cannot be stopped; the rest of the run gets another one.
            self.subject.workers.kill()
            self._leave(SECONDS_TO_LEAVE)
            self._runner = _new_runner()
            self.subject = replace(self.subject, workers=Workers(self.subject.contract))
            return run.result
        return execution

    def _leave(self, seconds: float) -> None:
        """Close the loop, once the rest of it has ended, or if something in it cannot be stopped.

        Left to the garbage collector it would be taken apart in any order: an asynchronous
        generator that goes before its loop has Python 3.13 warn of an `aclose()` that nobody
        awaits. `asyncio.Runner` would wait for what does not end.
        """
        loop = self._runner.get_loop()
        with suppress(LoopBlocked), self._watch.running(loop), at_most(seconds, "ending tasks"):
            loop.run_until_complete(_end_tasks(seconds))
        asyncio.set_event_loop(None)
        loop.close()


async def _cut_off(
    task: asyncio.Task[Execution], run: SequentialRun | ConcurrentRun
) -> Execution | None:
    """End a program that is not done; return None if it cannot be ended."""
    task.cancel()
    await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
    run.result.cut_off = True
    if not task.done():
        return None
    with suppress(Exception, asyncio.CancelledError):
        # What it raises in ending is nobody's concern.
        task.result()
    return run.result


def _new_runner() -> asyncio.Runner:
    runner = asyncio.Runner()
    runner.get_loop().set_task_factory(watched_task)
    return runner


async def _end_tasks(seconds: float) -> None:
    """Cancel every other task, and wait for them and for what they start in ending."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    this = {asyncio.current_task()}
    for task in asyncio.all_tasks() - this:
        task.cancel()
    while (left := asyncio.all_tasks() - this) and (seconds := until - loop.time()) > 0:
        await asyncio.wait(left, timeout=seconds)
    closing = asyncio.create_task(loop.shutdown_asyncgens())
    await asyncio.wait({closing}, timeout=max(until - loop.time(), 0.1))


async def _guarded(run: SequentialRun | ConcurrentRun, until: float) -> Execution | None:
    """Run a program to its end, or until it is clear that it has none, or for so long."""
    task = asyncio.create_task(run.execute())
    try:
        while not task.done() and run.stuck() is None:
            if perf_counter() > until:
                return await _cut_off(task, run)
            await asyncio.wait({task}, timeout=0.5)
    except BaseException:
        # The user has had enough: what is open is closed, unless that cannot be.
        task.cancel()
        await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
        raise
    return task.result() if task.done() else None
