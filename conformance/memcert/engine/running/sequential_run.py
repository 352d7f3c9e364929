"""Running one program against a backend and the model, side by side."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from memcert.engine.clients.handle import ERRORS, SECONDS_TO_OPEN, outcome_of
from memcert.engine.clients.loop_watch import at_most
from memcert.engine.clients.opening import Opened, open_client, space_of
from memcert.engine.judging.divergence import Diverged, Divergence
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import HangError, Outcome, contrast, lost, same_outcome
from memcert.engine.programs.program import Client, Looks, Program, Reopen, Step
from memcert.engine.programs.store_operation import LookIntoStore
from memcert.engine.running.execution import Execution
from memcert.engine.running.subject import Subject
from memcert_backends.servers import Server
from memcert_backends.servers.contents import can_be_looked_into, places_of

GRACE_SECONDS = 10.0
"""How long an operation may go on after it was told to stop, in seconds."""


@dataclass
class _Doing:
    """What a run is waiting for, and until when that is no hang."""

    step: int
    operation: str | Operation
    until: float


class SequentialRun:
    """One run of a program against a backend and the model, side by side.

    Args:
        program: what is done.
        subject: what is judged, and by what.
    """

    def __init__(self, program: Program, subject: Subject) -> None:
        self.program = program
        self.subject = subject
        self.result = Execution()
        self.saved: dict[int, Any] = {}
        self.saved_by_model: dict[int, Any] = {}
        self.refused: list[int] = []
        self.clients: list[Opened] = []
        self._server: Server | None = None
        self._doing: _Doing | None = None

    async def execute(self) -> Execution:
        """Run the program in spaces of its own and compare every answer and every state."""
        with ExitStack() as servers:
            server = self.subject.server
            if self.program.fresh_store and server is not None and server.fresh is not None:
                server = servers.enter_context(server.fresh())
            return await self._compare(server)

    def stuck(self) -> Execution | None:
        """Return what is known of a run that cannot even be cancelled; None if it is not."""
        doing = self._doing
        if doing is None or perf_counter() < doing.until:
            return None
        named = doing.operation
        self.result.divergence = Divergence(
            step=doing.step,
            operation=named if isinstance(named, str) else "; ".join(named.source("memory")),
            expected="an end",
            observed="did not end, even when it was cancelled",
            hang=True,
            refused=tuple(self.refused),
        )
        return self.result

    def _begins(self, step: int, operation: str | Operation, seconds: float) -> None:
        self._doing = _Doing(step, operation, perf_counter() + seconds + GRACE_SECONDS)

    async def _compare(self, server: Server | None) -> Execution:
        self._server = server
        token = uuid.uuid4().hex[:12]
        expiry = self.program.expiry
        self.spaces = [space_of(name, token, server, expiry=expiry) for name in self.program.spaces]
        self.models = [
            self.subject.contract.model(self.subject.capabilities) for _ in self.program.spaces
        ]
        try:
            for client in self.program.clients:
                self.clients.append(await self._open(client, 0))
            for step_number, step in enumerate(self.program.steps):
                await self._step(step_number, step)
            if self._looks_at_end:
                plainly = self.program.looks is Looks.PLAINLY
                steps = () if plainly else self.program.steps
                for number in range(len(self.clients)):
                    await self._look(len(self.program) - 1, number, steps)
        except Diverged as found:
            self.result.divergence = found.divergence
        await self._close_all()
        return self.result

    async def _step(self, number: int, step: Step) -> None:
        self.result.operations += 1
        if isinstance(step.operation, LookIntoStore):
            await self._look_into_store(number, step.operation)
            return
        if isinstance(step.operation, Reopen):
            await self._close(self.clients[step.client], number)
            self.clients[step.client] = await self._open(self.program.clients[step.client], number)
            failed = False
        else:
            failed = await self._do(number, step.client, step.operation)
            if failed:
                self.refused.append(number)
        if (step.operation.changes or failed) and self.program.looks is Looks.ALWAYS:
            # What else it may have touched shows at the end.
            await self._look(number, step.client, (step,))

    @property
    def _looks_at_end(self) -> bool:
        """Whether every client looks at the state once the program is done."""
        if self.program.looks is Looks.NEVER:
            return False
        if self.program.looks is Looks.ALWAYS and len(self.clients) > 1:
            return True
        steps = self.program.steps
        return not (steps and steps[-1].operation.ends)

    async def _look(self, number: int, client: int, steps: Sequence[Step]) -> None:
        for observation in self.subject.contract.observations(steps):
            self.result.observations += 1
            try:
                await self._do(number, client, observation)
            except Diverged:
                self.result.look = observation
                raise

    async def _look_into_store(self, number: int, operation: LookIntoStore) -> None:
        """Find out whether the store still holds a text that no space holds any more."""
        server = self._server
        if server is None or not can_be_looked_into(server.store):
            return
        if any(model.holds(operation.text) for model in self.models):
            return
        places = await asyncio.to_thread(places_of, server, operation.text)
        if places:
            source = "; ".join(operation.source("memory"))
            observed = f"{operation.text!r} in {', '.join(places)}"
            raise Diverged(
                Divergence(number, source, f"{operation.text!r} nowhere in the store", observed)
            )

    async def _do(self, number: int, client: int, operation: Operation) -> bool:
        """Do an operation on both sides and tell whether it is one that fails."""
        model = self.models[self.program.clients[client].space]
        try:
            expected = Outcome(await operation.run_on_model(model, self.saved_by_model))
        except Exception as error:
            expected = Outcome(error=error)
        self._begins(number, operation, operation.seconds)
        started = perf_counter()
        with at_most(operation.seconds, "; ".join(operation.source("memory")), number):
            observed = await outcome_of(self.clients[client].handle, operation)
        self.result.backend_seconds += perf_counter() - started
        if operation.kind in self.program.blind_to and not (expected.error or observed.error):
            return False
        if not same_outcome(expected, observed):
            said, seen = contrast(expected, observed)
            raise Diverged(
                Divergence(
                    step=number,
                    operation="; ".join(operation.source("memory")),
                    expected=said,
                    observed=seen,
                    hang=isinstance(observed.error, HangError),
                    refused=tuple(self.refused),
                    lost=lost(expected, observed),
                    client=client,
                    look=operation is not self.program.steps[number].operation,
                )
            )
        return expected.error is not None

    async def _open(self, client: Client, number: int) -> Opened:
        self._begins(number, "opening the memory", SECONDS_TO_OPEN)
        subject = self.subject
        try:
            with at_most(SECONDS_TO_OPEN, "opening the memory", number):
                opened, seconds = await open_client(
                    client, self.spaces[client.space], subject.backend, subject.workers, self.saved
                )
        except ERRORS as error:
            raise Diverged(
                Divergence(number, "opening the memory", "a memory", str(Outcome(error=error)))
            ) from error
        self.result.backend_seconds += seconds
        return opened

    async def _close(self, client: Opened, number: int) -> None:
        self._begins(number, "closing the memory", SECONDS_TO_OPEN)
        started = perf_counter()
        try:
            with at_most(SECONDS_TO_OPEN, "closing the memory", number):
                await client.stack.aclose()
        except ERRORS as error:
            raise Diverged(
                Divergence(number, "closing the memory", "no error", str(Outcome(error=error)))
            ) from error
        self.result.backend_seconds += perf_counter() - started

    async def _close_all(self) -> None:
        for client in reversed(self.clients):
            try:
                await self._close(client, max(len(self.program) - 1, 0))
            except Diverged as found:
                # What went wrong first is what matters.
                self.result.divergence = self.result.divergence or found.divergence
