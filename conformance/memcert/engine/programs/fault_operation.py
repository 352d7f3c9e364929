"""What happens around the memories of a program: steps that no client does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation


@dataclass(frozen=True)
class FaultOperation(Operation):
    """Something that happens between two operations."""

    text: ClassVar[str]
    """What happens, in a few words."""

    network: ClassVar[bool] = False
    """Whether it takes a network between client and server."""

    crash: ClassVar[bool] = False
    """Whether it takes a server that can be killed."""

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


FAULT_OPERATIONS: dict[str, type[FaultOperation]] = {
    fault.kind: fault
    for fault in (CutAll, Refuse, Accept, KillServer, RestartServer, ReplaceProcess)
}
"""Every one by its name in the JSON form of a program."""
