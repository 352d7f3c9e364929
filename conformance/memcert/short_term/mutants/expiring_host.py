"""A durable host whose spaces expire, each part of them at a moment of its own."""

from __future__ import annotations

import time

from memcert.short_term.mutants.noted_host import KeptWithNotes
from memcert_backends.backend import Space


class KeptForAWhile(KeptWithNotes):
    """A memory whose messages, marks and summary are gone once nobody has used them for a while.

    Args:
        space: where it lives, and after how long it expires.
    """

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._expiry = space.expiry

    def _put_off(self, now: float, expiry: float) -> None:
        """Say when each part expires, now that the space is used."""
        self.notes |= dict.fromkeys(("messages", "marks", "summary"), now + expiry)

    def _load(self) -> None:
        super()._load()
        if self._expiry is None:
            return
        now = time.time()
        over = {part for part, until in self.notes.items() if until < now}
        if "messages" in over:
            self._entries = {}
        if "marks" in over:
            for entry in self._entries.values():
                entry.marks = set()
        if "summary" in over:
            self._summary = ""
        self._put_off(now, self._expiry)
        self._store()
