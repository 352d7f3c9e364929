"""A program: operations as plain data, and who does them where.

A program says nothing of a backend, so the same one runs against each of them. Its spaces and
clients are few and numbered; the kit gives every execution ids of its own, so that no two
executions ever meet in a store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from memcert.engine.operation import MalformedProgram, Operation
from memcert_reference.json_text import dump_json, load_json

FORMAT = 1
"""The version of the JSON form."""

_KEYS = {"format", "steps", "spaces", "clients", "fresh_store", "blind_to"}


@dataclass(frozen=True)
class SpaceName:
    """What a space of a program is called.

    Args:
        user: the end of the user's id, after what makes it new in each execution.
        session: the end of the session's id.
        shared_session: whether the session's id is just that, with nothing new before it, so that
            ids of different pairs may collide where a backend joins them.
    """

    user: str = ""
    session: str = ""
    shared_session: bool = False


@dataclass(frozen=True)
class Client:
    """Who does operations.

    Args:
        space: the number of its space.
        process: whether it lives in another process.
    """

    space: int = 0
    process: bool = False


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
    """

    operation: Operation
    client: int = 0


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
    """

    steps: tuple[Step, ...]
    spaces: tuple[SpaceName, ...] = (SpaceName(),)
    clients: tuple[Client, ...] = field(default=(Client(),))
    fresh_store: bool = False
    blind_to: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return how many operations it has; a reopening is one."""
        return len(self.steps)

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form; what is the default is left out."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "steps": [
                step.operation.to_json() | ({"client": step.client} if step.client else {})
                for step in self.steps
            ],
        }
        if self.spaces != (SpaceName(),):
            data["spaces"] = [vars(space) for space in self.spaces]
        if self.clients != (Client(),):
            data["clients"] = [vars(client) for client in self.clients]
        if self.fresh_store:
            data["fresh_store"] = True
        if self.blind_to:
            data["blind_to"] = list(self.blind_to)
        return data

    def to_text(self) -> str:
        """Return its JSON text, the same for equal programs."""
        return dump_json(self.to_json())


def read_program(data: Any, operations: Mapping[str, type[Operation]]) -> Program:
    """Return the program of a JSON form.

    Args:
        data: what `Program.to_json` returned, by way of JSON text or not.
        operations: the contract's operations by kind.

    Raises:
        MalformedProgram: it is not a program of this contract.
    """
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
        raise MalformedProgram("a program is a JSON object with a list of 'steps'")
    unknown = sorted(set(data) - _KEYS, key=repr)
    if unknown:
        raise MalformedProgram(f"it has an unknown key {unknown[0]!r}")
    if type(data.get("format")) is not int or data["format"] != FORMAT:
        raise MalformedProgram(f"its format is {data.get('format')!r}; this kit reads {FORMAT}")
    spaces = _parts(
        data, "spaces", SpaceName, {"user": str, "session": str, "shared_session": bool}
    )
    clients = _parts(data, "clients", Client, {"space": int, "process": bool})
    for number, client in enumerate(clients):
        if not 0 <= client.space < len(spaces):
            raise MalformedProgram(
                f"client {number} is in space {client.space}, which is not there"
            )
    steps = []
    for number, item in enumerate(data["steps"]):
        try:
            steps.append(_step(item, operations, len(clients)))
        except MalformedProgram as error:
            raise MalformedProgram(f"step {number}: {error}") from error
    blind_to = data.get("blind_to", [])
    if not isinstance(blind_to, list) or not all(
        isinstance(kind, str) and kind in operations for kind in blind_to
    ):
        raise MalformedProgram("'blind_to' must be a list of kinds of operations")
    fresh_store = data.get("fresh_store", False)
    if not isinstance(fresh_store, bool):
        raise MalformedProgram("'fresh_store' must be true or false")
    return Program(tuple(steps), spaces, clients, fresh_store, tuple(blind_to))


def parse_program(text: str | bytes, operations: Mapping[str, type[Operation]]) -> Program:
    """Return the program of a JSON text.

    Args:
        text: the JSON text.
        operations: the contract's operations by kind.

    Raises:
        MalformedProgram: it is not JSON, or not a program of this contract.
    """
    try:
        data = load_json(text)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MalformedProgram(f"it is not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedProgram("it is not JSON that can be read: it is nested too deep") from error
    return read_program(data, operations)


def _parts(data: dict[str, Any], key: str, kind: Any, fields: dict[str, type]) -> tuple[Any, ...]:
    items = data.get(key, [{}])
    if not isinstance(items, list) or not items:
        raise MalformedProgram(f"{key!r} must be a list that is not empty")
    for item in items:
        if not isinstance(item, dict) or any(
            type(value) is not fields.get(name) for name, value in item.items()
        ):
            raise MalformedProgram(f"{key!r} has a malformed item: {json.dumps(item)}")
    return tuple(kind(**item) for item in items)


def _step(item: Any, operations: Mapping[str, type[Operation]], clients: int) -> Step:
    if not isinstance(item, dict):
        raise MalformedProgram("a step is a JSON object")
    fields = dict(item)
    kind, client = fields.pop("operation", None), fields.pop("client", 0)
    if not isinstance(kind, str) or (kind not in operations and kind != Reopen.kind):
        raise MalformedProgram(f"there is no operation {kind!r}")
    if type(client) is not int or not 0 <= client < clients:
        raise MalformedProgram(f"there is no client {client!r}")
    operation = Reopen if kind == Reopen.kind else operations[kind]
    return Step(operation.from_json(fields), client)
