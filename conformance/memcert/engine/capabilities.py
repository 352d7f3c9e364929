"""What a backend can do, detected where it can be and declared where it cannot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do.

    Args:
        durable: declared: what was stored is there after the memory was closed and opened again.
        full_state: detected: ``state_dict`` holds the messages, not only the summary.
        export: detected: the extension ``export_state`` and ``import_state`` is there.
        fresh_store: detected: the kit can start a store that nothing was ever stored in.
        other_process: detected: another process can open the backend by its name.
        max_message_bytes: declared: the limit on a message's size in bytes; None for none.
        network: detected: the kit can cut the connections between client and server.
        crash: detected: the kit can kill the server and start it again.
        pool: declared: memories of one process can share connections.
        file: detected: the store is a file, so that there is no server and no connection.
    """

    durable: bool = False
    full_state: bool = False
    export: bool = False
    fresh_store: bool = False
    other_process: bool = False
    max_message_bytes: int | None = None
    network: bool = False
    crash: bool = False
    pool: bool = False
    file: bool = False

    def lacking(self, needs: frozenset[str]) -> list[str]:
        """Return which of some needs are not met.

        Args:
            needs: names of fields.
        """
        return sorted(need for need in needs if not getattr(self, need))

    def pointless(self, needs: frozenset[str]) -> bool:
        """Tell whether what is needed does not even exist there: a file has no server to lose.

        Args:
            needs: names of fields.
        """
        return self.file and bool(needs & {"network", "crash"})
