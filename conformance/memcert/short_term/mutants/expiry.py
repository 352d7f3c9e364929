"""Mutants of the rules on spaces that expire."""

from __future__ import annotations

from memcert.short_term.mutants.expiring_host import KeptForAWhile
from memcert.short_term.mutants.mutant import Marks, Memories, mutant


@mutant("marks-expire-apart", "TTL-01")
class MarksExpireApart(KeptForAWhile):
    """Whatever is done puts off the expiry of the messages; that of their marks, only add does."""

    _adds = False

    def _put_off(self, now: float, expiry: float) -> None:
        until = self.notes.get("marks")
        super()._put_off(now, expiry)
        if until is not None and not self._adds:
            self.notes["marks"] = until

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._adds = True
        await super().add(memories, marks)
        self._adds = False


@mutant("expires-while-used", "TTL-01")
class ExpiresWhileUsed(KeptForAWhile):
    """The expiry counts from the first use of a space, and nothing puts it off."""

    def _put_off(self, now: float, expiry: float) -> None:
        if not self.notes or min(self.notes.values()) < now:
            super()._put_off(now, expiry)


@mutant("summary-stays", "TTL-02")
class SummaryStays(KeptForAWhile):
    """The summary has a key of its own, which nobody gave an expiry."""

    def _put_off(self, now: float, expiry: float) -> None:
        super()._put_off(now, expiry)
        del self.notes["summary"]
