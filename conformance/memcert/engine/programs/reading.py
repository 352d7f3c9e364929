"""Reading a program's JSON form, which anybody may have written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from memcert.engine.programs.fault import Cancel, HoldAnswer, KillClient, fault_from_json
from memcert.engine.programs.fault_operation import (
    FAULT_OPERATIONS,
    ReplaceLoop,
    ReplaceProcess,
    StepClock,
)
from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import FORMAT, Client, Looks, Program, Reopen, SpaceName, Step
from memcert.engine.programs.store_operation import LookIntoStore
from memcert_reference.json_text import load_json

_TIME_ZONE = re.compile(r"[A-Za-z0-9_/+:<>,.-]*")

_KEYS = {
    "format",
    "steps",
    "spaces",
    "clients",
    "fresh_store",
    "blind_to",
    "branches",
    "schedule",
    "pool",
    "in_order",
    "judges_errors",
    "looks",
    "expiry",
}


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
        data,
        "spaces",
        SpaceName,
        {"user": str, "session": str, "shared_session": bool, "shared_user": bool},
    )
    clients = _parts(
        data,
        "clients",
        Client,
        {"space": int, "process": bool, "clock": float, "time_zone": str},
    )
    if any(space.shared_user and space.shared_session for space in spaces):
        raise MalformedProgram("a space shares its user or its session with others, not both")
    for number, client in enumerate(clients):
        if not 0 <= client.space < len(spaces):
            raise MalformedProgram(
                f"client {number} is in space {client.space}, which is not there"
            )
        if client.has_own_clock and not client.process:
            raise MalformedProgram("only a client in another process has a clock of its own")
        if not isfinite(client.clock) or not _TIME_ZONE.fullmatch(client.time_zone):
            raise MalformedProgram(f"client {number} has a clock or a time zone that is none")
    steps = _steps(data["steps"], "step", operations, clients)
    branches = data.get("branches", [])
    if not isinstance(branches, list) or not all(isinstance(each, list) for each in branches):
        raise MalformedProgram("'branches' must be a list of lists of steps")
    schedule = data.get("schedule", [])
    if not isinstance(schedule, list) or not all(
        type(turn) is int and 0 <= turn < len(branches) for turn in schedule
    ):
        raise MalformedProgram("'schedule' must be a list of numbers of branches")
    pool = data.get("pool", 0)
    if type(pool) is not int or pool < 0:
        raise MalformedProgram("'pool' must be a number of connections")
    expiry = data.get("expiry", 0)
    if type(expiry) is not int or expiry < 0:
        raise MalformedProgram("'expiry' must be a number of seconds")
    blind_to = data.get("blind_to", [])
    if not isinstance(blind_to, list) or not all(
        isinstance(kind, str) and kind in operations for kind in blind_to
    ):
        raise MalformedProgram("'blind_to' must be a list of kinds of operations")
    program = Program(
        steps,
        spaces,
        clients,
        _flag(data, "fresh_store"),
        tuple(blind_to),
        tuple(
            _steps(branch, f"branch {number}, step", operations, clients)
            for number, branch in enumerate(branches)
        ),
        tuple(schedule),
        pool,
        _flag(data, "in_order"),
        _flag(data, "judges_errors"),
        _looks(data.get("looks", Looks.ALWAYS.value)),
        expiry,
    )
    looks = any(isinstance(step.operation, LookIntoStore) for step in program.all_steps)
    if looks and (program.is_concurrent or not program.fresh_store):
        raise MalformedProgram(
            "the store is looked into only where it is the program's own ('fresh_store'), and"
            " nothing is done at the same time"
        )
    return program


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


def _looks(value: Any) -> Looks:
    for looks in Looks:
        if value == looks.value:
            return looks
    raise MalformedProgram(f"'looks' must be one of {', '.join(each.value for each in Looks)}")


def _flag(data: dict[str, Any], key: str) -> bool:
    flag = data.get(key, False)
    if not isinstance(flag, bool):
        raise MalformedProgram(f"{key!r} must be true or false")
    return flag


def _steps(
    items: list[Any],
    what: str,
    operations: Mapping[str, type[Operation]],
    clients: tuple[Client, ...],
) -> tuple[Step, ...]:
    steps = []
    for number, item in enumerate(items):
        try:
            steps.append(_step(item, operations, clients))
        except MalformedProgram as error:
            raise MalformedProgram(f"{what} {number}: {error}") from error
    return tuple(steps)


def _step(
    item: Any, operations: Mapping[str, type[Operation]], clients: tuple[Client, ...]
) -> Step:
    if not isinstance(item, dict):
        raise MalformedProgram("a step is a JSON object")
    fields = dict(item)
    kind, client = fields.pop("operation", None), fields.pop("client", 0)
    known: dict[str, type[Operation]] = {
        **operations,
        Reopen.kind: Reopen,
        LookIntoStore.kind: LookIntoStore,
        **FAULT_OPERATIONS,
    }
    if not isinstance(kind, str) or kind not in known:
        raise MalformedProgram(f"there is no operation {kind!r}")
    if type(client) is not int or not 0 <= client < len(clients):
        raise MalformedProgram(f"there is no client {client!r}")
    fault = fields.pop("fault", None)
    step = Step(
        known[kind].from_json(fields), client, None if fault is None else fault_from_json(fault)
    )
    if isinstance(step.operation, StepClock) and not clients[client].has_own_clock:
        raise MalformedProgram("only a client with a clock of its own can have it set")
    dies = isinstance(step.fault, KillClient) or isinstance(step.operation, ReplaceProcess)
    if dies and not clients[client].process:
        raise MalformedProgram("only a client in another process can be killed")
    if isinstance(step.operation, ReplaceLoop) and not clients[client].process:
        raise MalformedProgram("only a client in another process can have another event loop")
    if isinstance(step.fault, Cancel) and clients[client].process:
        raise MalformedProgram("only a client in this process can be cancelled")
    if isinstance(step.fault, HoldAnswer) and clients[client].process:
        raise MalformedProgram("only the event loop of this process is looked at")
    return step
