"""What a backend can do, detected where it can be and declared where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do; a contract may know of more.

    Args:
        durable: declared: what was stored is there after the memory was closed and opened again.
        fresh_store: detected: the kit can start a store that nothing was ever stored in.
        other_process: detected: another process can open the backend by its name; not if it
            declares its data process-local.
        network: detected: the kit can cut the connections between client and server.
        crash: detected: the kit can kill the server and start it again.
        pool: declared: memories of one process can share connections.
        expiry: declared: the kit can say after how long an unused space is gone.
        time_limit: declared: the kit can say how long an operation may take.
        file: detected: the store is a file, so that there is no server and no connection.
        contents: detected: the kit can look through all that the store holds.
        process_local: declared: its data live in one process, so that no other can open it.
    """

    described: ClassVar[Mapping[str, str]] = {
        "contents": "on a store that the kit can look through",
        "crash": "on a store that the kit can kill (--server process)",
        "fresh_store": "on a store that the kit can start anew",
        "network": "on a store whose connections the kit can cut",
        "other_process": "known by a name that another process can open",
        "expiry": "one that declares that its spaces can expire",
        "time_limit": "one that can be told how long an operation may take",
        "pool": "one that declares a pool of connections to share",
    }
    """What a backend is not that lacks something, where its name does not say it."""

    durable: bool = False
    fresh_store: bool = False
    other_process: bool = False
    network: bool = False
    crash: bool = False
    pool: bool = False
    file: bool = False
    contents: bool = False
    time_limit: bool = False
    expiry: bool = False
    process_local: bool = False

    def lacking(self, needs: frozenset[str]) -> list[str]:
        """Return which of some needs are not met.

        Args:
            needs: names of fields.
        """
        return sorted(need for need in needs if not getattr(self, need))

    def without(self, need: str) -> str:
        """Return what a backend is not that lacks something, for a sentence.

        Args:
            need: the name of a field.
        """
        if need == "other_process" and self.process_local:
            return "open to another process: it declares its data process-local"
        return self.described.get(need, need)

    def pointless(self, needs: frozenset[str]) -> bool:
        """Tell whether what is needed does not even exist there: a file has no server to lose.

        Args:
            needs: names of fields.
        """
        return self.file and bool(needs & {"network", "crash"})
