"""Mutants of the rules on clients whose clocks are wrong, set, or in other time zones."""

from __future__ import annotations

import time
from datetime import datetime

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.noted_host import KeptWithNotes
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import message_records
from memcert_reference.values import plain_text


class KeptByTime(KeptWithNotes):
    """A host whose messages come in the order of the times that their clients gave them."""

    def _stamp(self) -> float | str:
        """Return the time, as this memory writes it."""
        return time.time()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        with self._changing():
            self.notes = {each: self.notes.get(each, "") for each in self._entries}
            await InMemoryMemory.add(self, memories, marks)
            stamp = self._stamp()
            self.notes |= dict.fromkeys(self._entries.keys() - self.notes.keys(), stamp)
            # Those of one time stay as they are.
            ids = sorted(self._entries, key=lambda each: self.notes[each])
            self._entries = {each: self._entries[each] for each in ids}


@mutant("ordered-by-clock", "CLOCK-01")
class OrderedByClock(KeptByTime):
    """Messages come in the order of the moments at which their clients' clocks stored them."""


@mutant("ordered-by-local-time", "CLOCK-01")
class OrderedByLocalTime(KeptByTime):
    """Messages come in the order of a text with the local time at which they were stored."""

    def _stamp(self) -> str:
        return datetime.now().isoformat()


@mutant("latest-summary-wins", "CLOCK-02")
class LatestSummaryWins(KeptWithNotes):
    """Of two summaries the one with the later time stays, whichever was written last."""

    async def update_compressed_summary(self, summary: str) -> None:
        now = time.time()
        text = plain_text(summary, "summary")
        with self._changing():
            if self.notes.get("written", 0.0) <= now:
                self._summary = text
                self.notes["written"] = now


@mutant("numbers-from-the-clock", "CLOCK-03")
class NumbersFromTheClock(KeptWithNotes):
    """Numbers are made of the time, and when a clock goes backwards there are none to be had."""

    _last = 0.0

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if message_records(memories):
            now = time.time()
            if now < self._last:
                raise RuntimeError("the clock moved backwards: refusing to make numbers")
            self._last = now
        await super().add(memories, marks)
