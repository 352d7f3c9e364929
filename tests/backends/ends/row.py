"""Every operation of a memory in every trouble at once, and what is wrong with how they end."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

from memcert_reference import Msg

from .clock import Clock, running_clock
from .operations import CLOSE, NEW_SPACE, OPERATIONS, after, before
from .places import Place, Pool, Subject, within
from .proxy import Proxies, Proxy

SECONDS_BEFORE_CANCELLATION = 2.0
OPERATION_TIMEOUT = 1.0
SECONDS_TO_END = 1.5
SECONDS_TO_RECOVER = 60.0
"""More than a pool makes anybody wait; what is well takes no time."""
SECONDS_TO_BE_FREE = 10.0
SECONDS_TO_LOOK_AGAIN = 0.5

SECONDS_BETWEEN_TROUBLES = 0.15
"""Not all troubles at once: giving up is work, too, and this is about five callers, not 150."""

LOCKED = "locked"

WAYS = ("cancelled", "limited")
"""Whether an operation is cancelled, or has a limit of its own."""


@dataclass(frozen=True)
class FaultOperation:
    """A kind of trouble.

    Args:
        begin: what brings it about; None for a lock.
        connected: whether the pool has its connections before it begins.
    """

    begin: Callable[[Proxy], None] | None
    connected: bool = True


FAULT_OPERATIONS: dict[str, FaultOperation] = {
    **{
        f"silent after {count}": FaultOperation(partial(Proxy.silence, after=count))
        for count in (0, 1, 2, 3, 5)
    },
    "vanished": FaultOperation(partial(Proxy.silence, after=1, deliver=False)),
    "dripping": FaultOperation(partial(Proxy.drip, seconds=0.5)),
    "silent to who connects": FaultOperation(Proxy.silence, connected=False),
    "silent to who has connected": FaultOperation(partial(Proxy.silence, after=3), connected=False),
    "deaf to who connects": FaultOperation(Proxy.deafen, connected=False),
    LOCKED: FaultOperation(None),
}


@dataclass
class Case:
    """One operation in one trouble."""

    trouble: str
    name: str
    way: str
    user_id: str
    subject: Subject
    after: Any
    ended: float | None = None
    cancelled: bool = False
    task: asyncio.Task[object] = field(init=False)

    def start(self, clock: Clock) -> None:
        def note(_: object) -> None:
            self.ended = clock.now

        self.task = asyncio.ensure_future(self._run())
        self.task.add_done_callback(note)

    async def _run(self) -> object:
        return await OPERATIONS[self.name](self.subject.memory)

    def __str__(self) -> str:
        return f"{self.trouble}: {self.way} {self.name}"

    @property
    def before(self) -> Any:
        return before(self.name)

    @property
    def succeeded(self) -> bool:
        return self.task.done() and not self.task.cancelled() and self.task.exception() is None


class Row:
    """One memory's operations.

    Args:
        place: the memory.
        opened: opens proxies.
        troubles: names of `FAULT_OPERATIONS`.
        ways: some of `WAYS`.
    """

    def __init__(
        self, place: Place, opened: Proxies, troubles: Sequence[str], ways: Sequence[str]
    ) -> None:
        self.faults: list[str] = []
        self._place, self._opened = place, opened
        self._troubles, self._ways = troubles, ways
        self._cases: list[Case] = []
        self._pools: list[tuple[str, Pool, list[Case]]] = []
        self._proxies: list[tuple[FaultOperation, Proxy]] = []

    async def run(self) -> list[str]:
        """Return what is wrong, a line for each case."""
        with ExitStack() as stack:
            async with running_clock() as clock, AsyncExitStack() as closing:
                self._aside = self._place.aside()
                closing.push_async_callback(self._close, self._aside)
                await self._place.prepare()
                await self._set_up(stack, closing)
                async with AsyncExitStack() as locks:
                    await self._begin(locks)
                    await self._operate(clock)
                    await self._give_up(lambda case: case.trouble == LOCKED or not case.succeeded)
                    if LOCKED in self._troubles:
                        await self._wait_for("waiting", "for a lock, after who waited was given up")
                for _, proxy in self._proxies:
                    proxy.heal()
                await self._end()
                await self._give_up(lambda case: case.trouble != LOCKED and case.succeeded)
                await asyncio.gather(*(self._recover(*each) for each in self._pools))
                await self._wait_for("working", "after all is over")
                await self._look("at once")
                await asyncio.sleep(SECONDS_TO_LOOK_AGAIN)
                await self._look("a while later")
        return self.faults

    async def _set_up(self, stack: ExitStack, closing: AsyncExitStack) -> None:
        stem = uuid.uuid4().hex
        for title in self._troubles:
            trouble = FAULT_OPERATIONS[title]
            if not trouble.connected and not self._place.connects_late:
                continue
            url = self._place.server.url
            if trouble.begin is not None:
                proxy = stack.enter_context(self._opened.open(self._place.addresses))
                self._proxies.append((trouble, proxy))
                assert self._place.server.rerouted is not None
                rerouted = stack.enter_context(self._place.server.rerouted(proxy.addresses))
                url = rerouted.url
            names = list(OPERATIONS)
            step = self._place.operations_on_a_pool
            for way, first in product(self._ways, range(0, len(names), step)):
                pool = self._place.pool(url)
                closing.push_async_callback(self._close, pool)
                cases = [
                    Case(title, name, way, user_id, pool.subject(user_id), await after(name))
                    for name in names[first : first + step]
                    for user_id in [f"{stem} {title} {way} {name}"]
                ]
                self._pools.append((title, pool, cases))
                self._cases += cases

        async def fill(case: Case) -> None:
            if case.name != NEW_SPACE:
                await self._aside.memory(case.user_id).import_state(case.before)

        async def connect(case: Case) -> None:
            if FAULT_OPERATIONS[case.trouble].connected:
                await case.subject.prepare()
                await case.subject.memory.size()

        await self._aside.begin()
        await self._by_pools(fill)
        for title, pool, _ in self._pools:
            if FAULT_OPERATIONS[title].connected:
                await pool.begin()
        # Not all at once: in a session of MySQL's, the first operation takes another connection.
        await self._by_pools(connect)

    async def _by_pools(self, do: Callable[[Case], Awaitable[None]]) -> None:
        """Do something with every case, as many at once as a pool has connections."""
        for _, _, cases in self._pools:
            await asyncio.gather(*map(do, cases))

    async def _begin(self, locks: AsyncExitStack) -> None:
        locked = [case.user_id for case in self._cases if case.trouble == LOCKED]
        if locked:
            await locks.enter_async_context(self._place.locked(locked))
        for trouble, proxy in self._proxies:
            assert trouble.begin is not None
            trouble.begin(proxy)

    async def _operate(self, clock: Clock) -> None:
        """Run the operations, those in one trouble at once, until they end or are very late."""

        async def together(cases: list[Case], delay: float) -> None:
            await clock.sleep(delay)
            for case in cases:
                if case.way == "limited":
                    case.subject.memory.operation_timeout = OPERATION_TIMEOUT
                case.start(clock)
            tasks = {case.task for case in cases}
            due = clock.now + OPERATION_TIMEOUT
            if cases[0].way == "cancelled":
                await clock.wait(tasks, clock.now + SECONDS_BEFORE_CANCELLATION)
                due = clock.now
                for case in cases:
                    if not case.task.done():
                        case.cancelled = True
                        case.task.cancel()
            # Longer than they may take, to say how much longer.
            await clock.wait(tasks, due + 2 * SECONDS_TO_END)
            for case in cases:
                self._check_end(case, due, clock.now)

        await asyncio.gather(
            *(
                together(
                    [case for case in self._cases if (case.trouble, case.way) == both],
                    number * SECONDS_BETWEEN_TROUBLES,
                )
                for number, both in enumerate(
                    dict.fromkeys((case.trouble, case.way) for case in self._cases)
                )
            )
        )

    def _check_end(self, case: Case, due: float, now: float) -> None:
        if not case.task.done():
            self.faults.append(f"{case}: has not ended {now - due:.1f} s later")
        elif case.ended is not None and case.ended > due + SECONDS_TO_END:
            self.faults.append(f"{case}: ended {case.ended - due:.1f} s later")
        else:
            self._check_outcome(case)

    def _check_outcome(self, case: Case) -> None:
        if case.cancelled:
            if not case.task.cancelled():
                self.faults.append(
                    f"{case}: was cancelled, and"
                    f" {'returned' if case.succeeded else f'raised {case.task.exception()!r}'}"
                )
        elif case.task.cancelled():
            self.faults.append(f"{case}: raised CancelledError by itself")
        else:
            error = case.task.exception()
            if error is not None and not str(error):
                self.faults.append(f"{case}: {error!r} has no text")

    async def _give_up(self, who: Callable[[Case], bool]) -> None:
        """Let some callers go on, which takes them no time either."""

        async def end(case: Case) -> None:
            ending = asyncio.create_task(case.subject.give_up(is_whole=case.trouble == LOCKED))
            if not await within(2 * SECONDS_TO_END, ending):
                self.faults.append(f"{case}: the caller cannot go on")
            elif ending.exception() is not None:
                self.faults.append(f"{case}: the caller gets {ending.exception()!r}")

        await asyncio.gather(*(end(case) for case in self._cases if case.task.done() and who(case)))

    async def _end(self) -> None:
        """Leave nothing running, however long it takes."""
        running = [case.task for case in self._cases if not case.task.done()]
        if running and not await within(SECONDS_TO_RECOVER, *running):
            self.faults.append("some never end")

    async def _recover(self, title: str, pool: Pool, cases: list[Case]) -> None:
        async def others(case: Case) -> None:
            await pool.memory(f"{case.user_id} later").add(Msg("name", "text", "user"))

        async def same(case: Case) -> None:
            if case.name != CLOSE and case.subject.is_used_again:
                case.subject.memory.operation_timeout = 2 * SECONDS_TO_RECOVER
                await case.subject.memory.size()

        await pool.begin()
        for what, again in (("the pool is not whole", others), ("a memory does not work", same)):
            tasks = [asyncio.create_task(again(case)) for case in cases]
            if not await within(SECONDS_TO_RECOVER, *tasks):
                self.faults.append(f"{title}: {what}: operations wait")
                for task in tasks:
                    task.cancel()
                return
            for error in {repr(task.exception()) for task in tasks if task.exception() is not None}:
                self.faults.append(f"{title}: {what}: {error}")
        if pool.leaked():
            self.faults.append(f"{title}: {pool.leaked()} connections are not given back")

    async def _look(self, moment: str) -> None:
        async def look(case: Case) -> None:
            found = await self._aside.memory(case.user_id).export_state()
            failed = case.task.done() and not case.succeeded
            right = (
                [case.after]
                if case.succeeded
                else [case.before]
                if case.trouble == LOCKED and failed
                else [case.before, case.after]
            )
            if found not in right:
                held = [found["_compressed_summary"]]
                held += [f"{message['id']}{marks}" for message, marks in found["content"]]
                self.faults.append(f"{case}: {moment}, the space is {held}")

        await self._by_pools(look)

    async def _wait_for(self, what: str, when: str) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + SECONDS_TO_BE_FREE
        while found := await getattr(self._place, what)():
            if loop.time() > end:
                break
            await asyncio.sleep(0.1)
        else:
            return
        self.faults.append(f"{found} {what} at the server {when}")

    async def _close(self, pool: Pool) -> None:
        closing = asyncio.create_task(pool.close())
        if not await within(SECONDS_TO_RECOVER, closing):
            self.faults.append("a pool cannot be closed")
            closing.cancel()
