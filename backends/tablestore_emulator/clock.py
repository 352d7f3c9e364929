"""The emulator's clock: it runs as the machine's does until a test sets, moves or stops it.

It is what data sees: versions, time to live, transactions, lag. The dates of requests and answers
are the machine's, since the clients compare them with their own.
"""

from __future__ import annotations

import time


class Clock:
    """A clock that can be moved forwards and stopped."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._stopped_at: float | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    @property
    def ahead(self) -> float:
        """By how many seconds it is ahead of the machine's."""
        return self.now() - time.time()

    def now(self) -> float:
        """Return the time, in seconds since 1970."""
        return self._stopped_at if self._stopped_at is not None else time.time() + self._offset

    def milliseconds(self) -> int:
        """Return the time in whole milliseconds, as versions have it."""
        return int(self.now() * 1000)

    def advance(self, seconds: float) -> None:
        """Move it forwards.

        Args:
            seconds: by how much; not less than 0.

        Raises:
            ValueError: it would go backwards.
        """
        if not seconds >= 0:
            raise ValueError(f"the clock goes forwards, not by {seconds} s")
        if self._stopped_at is not None:
            self._stopped_at += seconds
        else:
            self._offset += seconds

    def stop(self) -> None:
        """Let it stand still; `advance` still moves it."""
        self._stopped_at = self.now()

    def go_on(self) -> None:
        """Let it run again, from where it stands."""
        if self._stopped_at is not None:
            self._offset = self._stopped_at - time.time()
            self._stopped_at = None

    def reset(self) -> None:
        """Let it be the machine's again."""
        self._offset = 0.0
        self._stopped_at = None
