"""Scans of a search index in parts: each is a session, which lives while it is used."""

from __future__ import annotations

from random import Random

from tablestore_emulator.clock import Clock
from tablestore_emulator.errors import ServiceError


class Scans:
    """The scans that were started.

    Args:
        clock: tells when one was left for too long.
        random: where their names come from.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._open: dict[str, tuple[str, str, float]] = {}

    def start(self, table: str, index: str, seconds: float) -> str:
        """Start a scan.

        Args:
            table: the table.
            index: the index.
            seconds: how long it lives.

        Returns:
            Its name.
        """
        now = self._clock.now()
        self._open = {name: it for name, it in self._open.items() if it[2] > now}
        name = f"{self._random.getrandbits(128):032x}"
        self._open[name] = (table, index, now + seconds)
        return name

    def go_on(self, name: str, table: str, index: str, seconds: float) -> None:
        """Check that a scan goes on, and let it live on.

        Args:
            name: its name.
            table: the table.
            index: the index.
            seconds: how long it lives from now.

        Raises:
            ServiceError: there is none, or it was left for too long.
        """
        of, which, ends_at = self._open.get(name, ("", "", 0.0))
        now = self._clock.now()
        if (of, which) != (table, index) or ends_at <= now:
            raise ServiceError(
                400,
                "OTSSessionExpired",
                ("ScanQuery'session is expired, please retry ComputeSplitsRequest and ScanQuery."),
            )
        self._open[name] = (table, index, now + seconds)
