"""Running a program whose clients act at the same time, or that faults befall.

Nothing is compared while it runs: what each operation came to is written down, and at the end the
model is asked whether some order explains it all.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from contextlib import AsyncExitStack, ExitStack

from memcert.engine.clients.awaits import Alarm, watched
from memcert.engine.clients.handle import ERRORS, SECONDS_TO_OPEN, Handle
from memcert.engine.clients.loop_watch import at_most
from memcert.engine.clients.opening import space_of
from memcert.engine.clients.workers import ProcessEnded, RemoteHandle
from memcert.engine.judging.acceptable_errors import is_plausible
from memcert.engine.judging.divergence import Diverged, divergence_on
from memcert.engine.judging.history import Certainty, Event
from memcert.engine.judging.judge import judge
from memcert.engine.programs.fault import (
    Cancel,
    CrashServer,
    CutConnection,
    HoldAnswer,
    KillClient,
)
from memcert.engine.programs.fault_operation import (
    FallSilent,
    FaultOperation,
    ReplaceLoop,
    ReplaceProcess,
    StepClock,
)
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome
from memcert.engine.programs.program import Program, Reopen, Step
from memcert.engine.running import time_limits
from memcert.engine.running.clients import ClientMemories
from memcert.engine.running.execution import Execution
from memcert.engine.running.interleaving import Branch, Interleaving
from memcert.engine.running.nemesis import Nemesis
from memcert.engine.running.recorder import Recorder
from memcert.engine.running.subject import Subject


class ConcurrentRun:
    """One run of a program against a backend, judged at its end.

    Args:
        program: what is done.
        subject: what is judged, and by what.
    """

    def __init__(self, program: Program, subject: Subject) -> None:
        self.program = program
        self.subject = subject
        self.result = Execution()
        self.events: list[Event] = []
        self._memories: ClientMemories | None = None
        # How long an operation may take that meets a silent server, if the backend can be told.
        silent = any(isinstance(step.operation, FallSilent) for step in program.all_steps)
        tells = subject.backend.time_limit
        self._told = time_limits.TOLD_SECONDS if silent and tells else None
        untold = silent and not tells
        seconds = time_limits.UNTOLD_SECONDS if untold else time_limits.SOON_SECONDS
        self._recorder = Recorder(self.result, seconds)
        self._nemesis = Nemesis(program, subject)
        # Clients whose memory was closed, or is about to be: what they did not finish may raise.
        self._closed: set[int] = set()

    @property
    def _last(self) -> int:
        """The number of the last step."""
        return max(len(self.program) - 1, 0)

    @property
    def _memories_now(self) -> ClientMemories:
        assert self._memories is not None
        return self._memories

    def _handle(self, client: int) -> Handle:
        return self._memories_now.open_ones[client].handle

    def stuck(self) -> Execution | None:
        """Return what is known if opening or closing cannot even be cancelled; None if it can."""
        late = None if self._memories is None else self._memories.late()
        if late is None:
            return None
        self.result.divergence = self.result.divergence or divergence_on(
            self._last, late, "an end", "did not end, even when it was cancelled", hang=True
        )
        return self.result

    async def execute(self) -> Execution:
        """Run the program in spaces of its own and judge what was seen."""
        async with AsyncExitStack() as stack:
            try:
                await self._run(stack)
            except Diverged as found:
                self.result.divergence = found.divergence
        return self.result

    async def _run(self, stack: AsyncExitStack) -> None:
        server = self._nemesis.enter(stack)
        backend, program = self.subject.backend, self.program
        pool = None
        if program.pool and backend.pool is not None and server is not None:
            with at_most(SECONDS_TO_OPEN, "opening the pool"):
                pool = await stack.enter_async_context(backend.pool(server, program.pool))
        token = uuid.uuid4().hex[:12]
        spaces = [
            space_of(name, token, server, pool, self._told, program.expiry)
            for name in program.spaces
        ]
        self._memories = ClientMemories(
            self.subject,
            program.clients,
            spaces,
            self.result,
            new_processes=any(isinstance(each.operation, ReplaceLoop) for each in program.steps),
        )
        try:
            await self._memories.open_all()
            for step_number, step in enumerate(program.steps):
                await self._step(step_number, step)
            await self._run_branches()
            await self._nemesis.recover()
            for number in sorted(self._closed):
                await self._memories.reopen(number, self._last)
            for number in range(len(program.clients)):
                await self._look(number)
            contract, capabilities = self.subject.contract, self.subject.capabilities
            self.result.undecided = not judge(
                self.events, program, lambda: contract.model(capabilities), contract.pruning
            )
        finally:
            try:
                await self._nemesis.tidy_up()
            finally:
                wrong = await self._memories.close_all(self._last)
                # An idle connection that was cut may be found out here, which is nobody's loss.
                if not self._nemesis.shaken:
                    self.result.divergence = self.result.divergence or wrong

    async def _run_branches(self) -> None:
        turns = Interleaving(self.program.schedule)
        first = len(self.program.steps)
        tasks = []
        for number, branch in enumerate(self.program.branches):
            tasks.append(asyncio.create_task(self._branch(number, branch, first, turns)))
            first += len(branch)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    async def _branch(
        self, number: int, branch: tuple[Step, ...], first: int, turns: Interleaving
    ) -> None:
        try:
            for step_number, step in enumerate(branch, first):
                await turns.take(number)
                with watched(Branch(turns, number)):
                    await self._step(step_number, step)
        finally:
            turns.end(number)

    async def _step(self, step_number: int, step: Step) -> None:
        operation = step.operation
        if isinstance(operation, FaultOperation):
            await self._happen(step_number, step)
            return
        self.result.operations += 1
        if isinstance(operation, Reopen):
            await self._memories_now.reopen(step.client, step_number)
            self._closed.discard(step.client)
            return
        if step.fault is not None:
            self._memories_now.befallen(operation)
        match step.fault:
            case None:
                await self._do(step_number, step.client, operation)
            case Cancel():
                await self._do_cancelled(step_number, step, step.fault)
            case CutConnection() | CrashServer():
                await self._do_cut(step_number, step, step.fault)
            case KillClient():
                await self._do_killed(step_number, step, step.fault)
            case HoldAnswer():
                await self._do_held(step_number, step)

    async def _happen(self, step_number: int, step: Step) -> None:
        self.result.faults += 1
        if isinstance(step.operation, ReplaceProcess):
            await self._replace(step_number, step.client)
        elif isinstance(step.operation, (ReplaceLoop, StepClock)):
            await self._change_process(step_number, step.client, step.operation)
        else:
            assert isinstance(step.operation, FaultOperation)
            await self._nemesis.happen(step.operation)

    async def _change_process(
        self, step_number: int, client: int, change: ReplaceLoop | StepClock
    ) -> None:
        handle = self._handle(client)
        assert isinstance(handle, RemoteHandle)
        if isinstance(change, StepClock):
            await handle.step_clock(change.forward)
            return
        try:
            await handle.replace_loop()
        except ERRORS as error:
            named, observed = "opening the memory in another event loop", str(Outcome(error=error))
            raise Diverged(divergence_on(step_number, named, "a memory", observed)) from error

    async def _replace(self, step_number: int, client: int) -> None:
        handle = self._handle(client)
        assert isinstance(handle, RemoteHandle)
        await handle.kill()
        await self._memories_now.reopen(client, step_number, killed=True)

    async def _look(self, client: int) -> None:
        # What there is, is looked at from every side by one client; that the others see the same
        # shows in one read.
        steps = self.program.all_steps if client == 0 else ()
        for observation in self.subject.contract.observations(steps):
            if self._has_failed_look():
                return
            self.result.observations += 1
            await self._do(self._last, client, observation, look=True)

    def _has_failed_look(self) -> bool:
        """Tell whether a look raised an error without a reason, which no order explains."""
        event = self.events[-1] if self.events else None
        return (
            event is not None
            and event.look
            and event.outcome.error is not None
            and event.certainty is Certainty.DONE
        )

    async def _do(
        self, step_number: int, client: int, operation: Operation, *, look: bool = False
    ) -> None:
        """Do an operation without a fault."""
        if operation.ends:
            self._closed.add(client)
        started, outcome = await self._recorder.outcome(
            step_number, operation, self._handle(client).run(operation)
        )
        certainty = self._certainty(step_number, client, operation, outcome)
        self._note(step_number, client, operation, started, outcome, certainty, look=look)

    def _certainty(
        self,
        step_number: int,
        client: int,
        operation: Operation,
        outcome: Outcome,
        *,
        excused: bool = False,
    ) -> Certainty:
        """Return what is known of an operation, which may have had a reason to raise an error."""
        if outcome.error is None:
            return Certainty.DONE
        cut_short = client in self._closed and not operation.ends
        if not self._nemesis.excuse(client) and not excused and not cut_short:
            return Certainty.DONE
        if self.program.judges_errors and not is_plausible(outcome.error):
            raise Diverged(
                divergence_on(
                    step_number,
                    operation,
                    "raised the driver's own error, or a documented one, that says what is wrong",
                    str(outcome),
                )
            )
        return Certainty.OPEN

    async def _do_cancelled(self, step_number: int, step: Step, fault: Cancel) -> None:
        reached = False

        def cancel() -> None:
            nonlocal reached
            for _ in range(fault.times):
                reached = task.cancel() or reached

        handle = self._handle(step.client)
        with ExitStack() as watches:
            watches.enter_context(watched(Alarm(fault.at, cancel)))
            if fault.later:
                watches.enter_context(watched(Alarm(fault.at + fault.later, cancel)))
            task = asyncio.create_task(_run(handle.run(step.operation)))
        started, outcome = await self._recorder.outcome(step_number, step.operation, task)
        self.result.faults += reached
        if reached and outcome.error is not None:
            certainty = Certainty.SETTLED
        else:
            certainty = self._certainty(step_number, step.client, step.operation, outcome)
        swallowed = reached and not isinstance(outcome.error, asyncio.CancelledError)
        if swallowed and self.program.judges_errors:
            raise Diverged(
                divergence_on(step_number, step.operation, "raised CancelledError", str(outcome))
            )
        self._note(step_number, step.client, step.operation, started, outcome, certainty)

    async def _do_cut(
        self, step_number: int, step: Step, fault: CutConnection | CrashServer
    ) -> None:
        nemesis = self._nemesis
        nemesis.arm(fault)
        try:
            started, outcome = await self._recorder.outcome(
                step_number, step.operation, self._handle(step.client).run(step.operation)
            )
        finally:
            happened = await nemesis.disarm()
        self.result.faults += happened
        if happened:
            await nemesis.settle(fault)
        certainty = self._certainty(
            step_number, step.client, step.operation, outcome, excused=happened
        )
        if happened:
            nemesis.shake(fault, step.client, noticed=outcome.error is not None)
        self._note(step_number, step.client, step.operation, started, outcome, certainty)

    async def _do_killed(self, step_number: int, step: Step, fault: KillClient) -> None:
        handle = self._handle(step.client)
        assert isinstance(handle, RemoteHandle)
        started, outcome = await self._recorder.outcome(
            step_number, step.operation, handle.run_and_die(step.operation, fault)
        )
        killed = isinstance(outcome.error, ProcessEnded)
        self.result.faults += killed
        certainty = self._certainty(
            step_number, step.client, step.operation, outcome, excused=killed
        )
        if killed:
            await self._replace(step_number, step.client)
        self._note(step_number, step.client, step.operation, started, outcome, certainty)

    async def _do_held(self, step_number: int, step: Step) -> None:
        async with self._nemesis.held_answers() as held:
            await self._do(step_number, step.client, step.operation)
        self.result.faults += held.happened
        if held.stood_still:
            raise Diverged(
                divergence_on(
                    step_number,
                    step.operation,
                    "lets other tasks of the event loop go on while it waits for the server",
                    "kept the event loop until the answer came",
                )
            )

    def _note(
        self,
        step_number: int,
        client: int,
        operation: Operation,
        started: int,
        outcome: Outcome,
        certainty: Certainty,
        *,
        look: bool = False,
    ) -> None:
        blind = operation.kind in self.program.blind_to and outcome.error is None
        self.events.append(
            Event(
                step_number,
                operation,
                client,
                started,
                self._recorder.tick(),
                outcome,
                certainty,
                compared=not blind,
                look=look,
            )
        )


async def _run(doing: Awaitable[object]) -> object:
    return await doing
