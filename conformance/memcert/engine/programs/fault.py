"""Faults that may happen to an operation while it runs, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, TypeAlias

from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.outcome import shortened


@dataclass(frozen=True)
class Cancel:
    """The task that runs the operation is cancelled while it waits.

    Args:
        at: at which of its awaits, from 0, those of tasks that it starts counted too; an operation
            that ends before is not cancelled.
        times: how often ``cancel`` is called.
        later: how many awaits later it is cancelled once more, while it ends; 0 for not at all.
    """

    kind: ClassVar[str] = "cancel"

    at: int = 0
    times: int = 1
    later: int = 0

    def __str__(self) -> str:
        often = "" if self.times == 1 else f" {self.times} times"
        again = f", and again {self.later} later" if self.later else ""
        return f"cancelled{often} at await {self.at}{again}"


@dataclass(frozen=True)
class CutConnection:
    """The connection between client and server is cut at a packet of the operation.

    Args:
        packet: at which packet in its direction, from 0; an operation that sends fewer is spared.
        to_server: whether packets to the server are counted, or those to the client.
        delivered: whether that packet still arrives.
        everywhere: whether every connection to the server is cut, not only that one.
    """

    kind: ClassVar[str] = "cut"

    packet: int = 0
    to_server: bool = True
    delivered: bool = False
    everywhere: bool = False

    def __str__(self) -> str:
        what = "every connection" if self.everywhere else "its connection"
        return f"{what} is cut at {_packet(self.packet, self.to_server, self.delivered)}"


@dataclass(frozen=True)
class CrashServer:
    """The server is killed at a packet of the operation, and started again after it.

    Args:
        packet: at which packet in its direction, from 0; an operation that sends fewer is spared.
        to_server: whether packets to the server are counted, or those to the client.
        delivered: whether that packet still arrives.
    """

    kind: ClassVar[str] = "crash"

    packet: int = 0
    to_server: bool = True
    delivered: bool = False

    def __str__(self) -> str:
        where = _packet(self.packet, self.to_server, self.delivered)
        return f"the server is killed at {where}, and started again"


@dataclass(frozen=True)
class KillClient:
    """The process that runs the operation is killed while it waits; another one takes its place.

    Args:
        at: at which of its awaits, from 0; at the latest, before it gives its answer.
        timed: whether it is killed so many tenths of a millisecond after its beginning instead,
            which strikes a backend that blocks, too.
    """

    kind: ClassVar[str] = "kill"

    at: int = 0
    timed: bool = False

    def __str__(self) -> str:
        when = f"after {self.at / 10:g} ms" if self.timed else f"at await {self.at}"
        return f"its process is killed {when}, and another one takes over"


@dataclass(frozen=True)
class HoldAnswer:
    """What the server answers is held back until something else in the event loop has gone on."""

    kind: ClassVar[str] = "hold_answer"

    def __str__(self) -> str:
        return "its answer is held back until another task of the event loop has gone on"


Fault: TypeAlias = Cancel | CutConnection | CrashServer | KillClient | HoldAnswer

FAULTS: dict[str, type[Fault]] = {
    fault.kind: fault for fault in (Cancel, CutConnection, CrashServer, KillClient, HoldAnswer)
}
"""Every fault by its name in the JSON form of a program."""

_ON_THE_WAY = (CutConnection, CrashServer, HoldAnswer)
"""What happens to a packet, so that the connection must lead through the kit's network."""


def _packet(number: int, to_server: bool, delivered: bool) -> str:
    direction = "to the server" if to_server else "to the client"
    return f"packet {number} {direction}, which {'still arrives' if delivered else 'is lost'}"


def needs_network(fault: Fault | None) -> bool:
    """Tell whether a fault takes a network between client and server.

    Args:
        fault: the fault.
    """
    return isinstance(fault, _ON_THE_WAY)


def smaller_faults(fault: Fault) -> Iterator[Fault]:
    """Give faults of the same kind that are simpler: earlier ones first.

    Args:
        fault: the fault.
    """
    match fault:
        case Cancel(at, times, later):
            simpler: Iterable[Fault] = (
                Cancel(*each)
                for each in product(range(at + 1), range(1, times + 1), sorted({0, later}))
            )
        case CutConnection(packet, to_server, delivered, everywhere):
            simpler = (
                CutConnection(earlier, to_server, delivered, wide)
                for earlier, wide in product(range(packet + 1), sorted({False, everywhere}))
            )
        case CrashServer(packet, to_server, delivered):
            simpler = (CrashServer(earlier, to_server, delivered) for earlier in range(packet + 1))
        case KillClient(at):
            # Never earlier by time: that fails now and then, and a count of awaits always.
            simpler = (KillClient(earlier) for earlier in range(at + 1))
        case HoldAnswer():
            simpler = iter(())
    return (each for each in simpler if each != fault)


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """Return a fault's JSON form.

    Args:
        fault: the fault.
    """
    values = vars(fault)
    # It came later than the programs that there are.
    return {"kind": fault.kind} | {
        name: value for name, value in values.items() if name != "later" or value
    }


def fault_from_json(data: Any) -> Fault:
    """Return the fault of a JSON form.

    Args:
        data: a result of `fault_to_json`.

    Raises:
        MalformedProgram: it is none.
    """
    name = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(name, str) or name not in FAULTS:
        raise MalformedProgram(
            f"a fault is an object with a 'kind' of {', '.join(FAULTS)}, not {shortened(data)}"
        )
    kind = FAULTS[name]
    values = {name: value for name, value in data.items() if name != "kind"}
    default = kind()
    for name, value in values.items():
        if not hasattr(default, name) or type(value) is not type(getattr(default, name)):
            raise MalformedProgram(f"the fault {data['kind']!r} has a malformed field {name!r}")
        if type(value) is int and value < 0:
            raise MalformedProgram(f"the field {name!r} of a fault counts from 0")
    return kind(**values)
