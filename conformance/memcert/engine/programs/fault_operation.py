"""What happens around the memories of a program: steps that no client does."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded


def _seconds(value: Any) -> float:
    if type(value) is not float or not isfinite(value):
        raise ValueError("a finite number with a point is wanted")
    return value


@dataclass(frozen=True)
class FaultOperation(Operation):
    """Something that happens between two operations."""

    text: ClassVar[str]
    """What happens, in a few words."""

    network: ClassVar[bool] = False
    """Whether it takes a network between client and server."""

    crash: ClassVar[bool] = False
    """Whether it takes a server that can be killed."""

    of_client: ClassVar[bool] = False
    """Whether it befalls the step's client alone."""

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        raise NotImplementedError("the run does this itself")

    def source(self, memory: str) -> list[str]:
        return [f"# {self.text}"]


@dataclass(frozen=True)
class CutAll(FaultOperation):
    """Every connection to the server is cut, those that are idle too."""

    kind: ClassVar[str] = "cut_all"
    text: ClassVar[str] = "every connection is cut"
    network: ClassVar[bool] = True


@dataclass(frozen=True)
class Refuse(FaultOperation):
    """The server cannot be reached any more."""

    kind: ClassVar[str] = "refuse"
    text: ClassVar[str] = "the server can no longer be reached"
    network: ClassVar[bool] = True


@dataclass(frozen=True)
class Accept(FaultOperation):
    """The server can be reached again."""

    kind: ClassVar[str] = "accept"
    text: ClassVar[str] = "the server can be reached again"
    network: ClassVar[bool] = True


@dataclass(frozen=True)
class FallSilent(FaultOperation):
    """The server falls silent: connections stay open, or are accepted, and no answer comes.

    Args:
        hears: whether it still does what it is asked.
    """

    kind: ClassVar[str] = "fall_silent"
    text: ClassVar[str] = "the server falls silent, its connections stay open"
    network: ClassVar[bool] = True

    hears: bool = False

    def source(self, memory: str) -> list[str]:
        hears = ", and it still does what it is asked" if self.hears else ""
        return [f"# {self.text}{hears}"]


@dataclass(frozen=True)
class Speak(FaultOperation):
    """The server answers again, what it was asked in its silence first."""

    kind: ClassVar[str] = "speak"
    text: ClassVar[str] = "the server speaks again"
    network: ClassVar[bool] = True


@dataclass(frozen=True)
class Drip(FaultOperation):
    """Whatever the server sends arrives piece by piece from now on."""

    kind: ClassVar[str] = "drip"
    text: ClassVar[str] = "what the server sends arrives byte by byte from now on"
    network: ClassVar[bool] = True


@dataclass(frozen=True)
class KillServer(FaultOperation):
    """The server's processes are killed."""

    kind: ClassVar[str] = "kill_server"
    text: ClassVar[str] = "the server is killed (kill -9)"
    crash: ClassVar[bool] = True


@dataclass(frozen=True)
class RestartServer(FaultOperation):
    """The server is started again, on the data that it left."""

    kind: ClassVar[str] = "restart_server"
    text: ClassVar[str] = "the server is started again"
    crash: ClassVar[bool] = True


@dataclass(frozen=True)
class ReplaceProcess(FaultOperation):
    """The process of the step's client is killed, and another one opens its memory."""

    kind: ClassVar[str] = "replace_process"
    text: ClassVar[str] = "the process of this client is killed (kill -9), another one takes over"
    of_client: ClassVar[bool] = True


@dataclass(frozen=True)
class ReplaceLoop(FaultOperation):
    """The memory of the step's client is closed, and so is its event loop.

    It is opened again in another loop of the same process, as by a second `asyncio.run`.
    """

    kind: ClassVar[str] = "replace_loop"
    text: ClassVar[str] = "the memory and the event loop of this client are closed, others opened"
    of_client: ClassVar[bool] = True


@dataclass(frozen=True)
class StepClock(FaultOperation):
    """The clock of the step's client, its process's own, is set until its memory is closed.

    Args:
        forward: by how much, in seconds; back, if negative.
    """

    kind: ClassVar[str] = "step_clock"
    text: ClassVar[str] = "the clock of this client is set"
    of_client: ClassVar[bool] = True

    forward: float = decoded(_seconds, -60.0)

    def source(self, memory: str) -> list[str]:
        return [f"# {self.text} {by(self.forward, 'forward', 'back')}"]


def by(seconds: float, more: str, less: str) -> str:
    """Return a difference of clocks in words.

    Args:
        seconds: the difference, in seconds.
        more: what it is if it is positive.
        less: what it is if it is negative.
    """
    return f"{abs(seconds):g} s {more if seconds > 0 else less}"


FAULT_OPERATIONS: dict[str, type[FaultOperation]] = {
    fault.kind: fault
    for fault in (
        CutAll,
        Refuse,
        Accept,
        FallSilent,
        Speak,
        Drip,
        KillServer,
        RestartServer,
        ReplaceProcess,
        ReplaceLoop,
        StepClock,
    )
}
"""Every one by its name in the JSON form of a program."""
