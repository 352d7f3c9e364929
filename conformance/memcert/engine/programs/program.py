"""A program: operations as plain data, and who does them where.

A program says nothing of a backend, so the same one runs against each of them. Its spaces and
clients are few and numbered; the kit gives every execution ids of its own, so that no two
executions ever meet in a store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import Any, ClassVar

from memcert.engine.programs.fault import (
    CrashServer,
    Fault,
    fault_to_json,
    needs_network,
)
from memcert.engine.programs.fault_operation import FaultOperation
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.store_operation import LookIntoStore
from memcert_reference.json_text import dump_json

FORMAT = 1
"""The version of the JSON form."""


class Looks(Enum):
    """When a program without branches and faults looks at the state; any other does at its end."""

    ALWAYS = "after every change"
    ONCE = "at the end"
    PLAINLY = "at the end, plainly"
    NEVER = "never"


@dataclass(frozen=True)
class SpaceName:
    """What a space of a program is called.

    Args:
        user: the end of the user's id, after what makes it new in each execution.
        session: the end of the session's id.
        shared_session: whether the session's id is just that, with nothing new before it, so that
            ids of different pairs may collide where a backend joins them.
        shared_user: whether the user's id is; one of the two must be new.
    """

    user: str = ""
    session: str = ""
    shared_session: bool = False
    shared_user: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form; a user who is not shared goes without saying."""
        return {key: value for key, value in vars(self).items() if key != "shared_user" or value}


@dataclass(frozen=True)
class Client:
    """Who does operations.

    Args:
        space: the number of its space.
        process: whether it lives in another process.
        clock: by how many seconds the clock of that process is ahead; behind, if negative.
        time_zone: the time zone of that process, as in ``TZ``; "" for that of this one.
    """

    space: int = 0
    process: bool = False
    clock: float = 0.0
    time_zone: str = ""

    @property
    def has_own_clock(self) -> bool:
        """Whether its process has another clock than this one, or another time zone."""
        return bool(self.clock or self.time_zone)

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form; a clock that is right is left out."""
        data: dict[str, Any] = {"space": self.space, "process": self.process}
        if self.clock:
            data["clock"] = self.clock
        if self.time_zone:
            data["time_zone"] = self.time_zone
        return data


@dataclass(frozen=True)
class Reopen(Operation):
    """Close the memory and open it again, as a restart does."""

    kind: ClassVar[str] = "reopen"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        raise NotImplementedError("the execution does this itself")

    def source(self, memory: str) -> list[str]:
        return [f"{memory} = await memories.reopen({memory})"]


@dataclass(frozen=True)
class Step:
    """One operation of one client.

    Args:
        operation: what is done.
        client: the number of the client who does it.
        fault: what goes wrong meanwhile.
    """

    operation: Operation
    client: int = 0
    fault: Fault | None = None

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form."""
        data = self.operation.to_json()
        if self.client:
            data["client"] = self.client
        if self.fault is not None:
            data["fault"] = fault_to_json(self.fault)
        return data


@dataclass(frozen=True)
class Program:
    """A list of operations as plain data.

    Args:
        steps: the operations, in order.
        spaces: the spaces that they are about.
        clients: who does them; each has a memory open in its space.
        fresh_store: whether it runs in a store that nothing was ever stored in.
        blind_to: the kinds of operations whose answers it is not about, so that they are not
            looked at; whether they raise is, and what they do to the state.
        branches: what is done at the same time once the steps are done: each branch is a list of
            steps, done one after the other.
        schedule: whose turn it is, await by await, as numbers of branches; after the last one, and
            where a branch cannot go on, they run as they do.
        pool: how many connections the clients of this process share; 0 for clients with
            connections of their own. A backend that declares no pool takes no notice.
        in_order: whether what branches start on one memory takes effect in the order in which it
            was started, not only in some order.
        judges_errors: whether the errors that a fault brings about are looked at.
        looks: when the state is looked at: a program that tries much at once would spend its time
            on looks.
        expiry: after how many seconds a space that nobody uses is to be gone; 0 for never. A
            backend that declares no expiry takes no notice.
    """

    steps: tuple[Step, ...]
    spaces: tuple[SpaceName, ...] = (SpaceName(),)
    clients: tuple[Client, ...] = field(default=(Client(),))
    fresh_store: bool = False
    blind_to: tuple[str, ...] = ()
    branches: tuple[tuple[Step, ...], ...] = ()
    schedule: tuple[int, ...] = ()
    pool: int = 0
    in_order: bool = False
    judges_errors: bool = False
    looks: Looks = Looks.ALWAYS
    expiry: int = 0

    def __len__(self) -> int:
        """Return how many operations it has; a reopening is one."""
        return len(self.steps) + sum(map(len, self.branches))

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, and those of the branches after them."""
        return (*self.steps, *chain.from_iterable(self.branches))

    @property
    def needs(self) -> frozenset[str]:
        """What a backend must be able to do for it to make sense: names of capabilities."""
        process = {"other_process"} if any(client.process for client in self.clients) else set()
        return frozenset(process).union(*(step.operation.needs for step in self.all_steps))

    @property
    def setting(self) -> frozenset[str]:
        """What is unusual about where and when it is done, in words."""
        unusual = {
            "at once": bool(self.branches),
            "a space that expires": bool(self.expiry),
            "a new store": self.fresh_store,
            "a pool": bool(self.pool),
            "another clock": any(client.has_own_clock for client in self.clients),
            "a user of others": any(space.shared_user for space in self.spaces),
            "a session of others": any(space.shared_session for space in self.spaces),
        }
        return frozenset(name for name, there in unusual.items() if there)

    @property
    def looks_into_store(self) -> bool:
        """Whether it looks through the store itself, which must be its own (`fresh_store`)."""
        return any(isinstance(step.operation, LookIntoStore) for step in self.all_steps)

    @property
    def is_concurrent(self) -> bool:
        """Whether something is done at the same time, or goes wrong, a clock for instance."""
        return (
            bool(self.branches or self.pool)
            or any(client.has_own_clock for client in self.clients)
            or any(
                step.fault is not None or isinstance(step.operation, FaultOperation)
                for step in self.steps
            )
        )

    @property
    def races(self) -> bool:
        """Whether processes do something at the same time, so that chance decides who is first."""
        return bool(self.branches) and any(client.process for client in self.clients)

    @property
    def crashes(self) -> bool:
        """Whether it takes a server that can be killed."""
        return any(
            isinstance(step.fault, CrashServer)
            or (isinstance(step.operation, FaultOperation) and step.operation.crash)
            for step in self.all_steps
        )

    @property
    def networked(self) -> bool:
        """Whether it takes a network between client and server."""
        return any(
            needs_network(step.fault)
            or (isinstance(step.operation, FaultOperation) and step.operation.network)
            for step in self.all_steps
        )

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form; what is the default is left out."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "steps": [step.to_json() for step in self.steps],
        }
        if self.spaces != (SpaceName(),):
            data["spaces"] = [space.to_json() for space in self.spaces]
        if self.clients != (Client(),):
            data["clients"] = [client.to_json() for client in self.clients]
        if self.fresh_store:
            data["fresh_store"] = True
        if self.blind_to:
            data["blind_to"] = list(self.blind_to)
        if self.branches:
            data["branches"] = [[step.to_json() for step in branch] for branch in self.branches]
        if self.schedule:
            data["schedule"] = list(self.schedule)
        if self.pool:
            data["pool"] = self.pool
        if self.in_order:
            data["in_order"] = True
        if self.judges_errors:
            data["judges_errors"] = True
        if self.looks is not Looks.ALWAYS:
            data["looks"] = self.looks.value
        if self.expiry:
            data["expiry"] = self.expiry
        return data

    def to_text(self) -> str:
        """Return its JSON text, the same for equal programs."""
        return dump_json(self.to_json())
