"""What defines a memory of facts."""

from __future__ import annotations

from typing import Self


class FactMemory:
    """Facts of one space, kept in this object.

    Args:
        facts: what is known already, the oldest first.
    """

    def __init__(self, facts: list[str] | None = None) -> None:
        self._facts = [] if facts is None else facts

    async def record(self, facts: list[str]) -> int:
        """Record facts, and return how many of them are new."""
        new = [fact for fact in dict.fromkeys(facts) if fact not in self._facts]
        self._facts += new
        return len(new)

    async def retrieve(self, word: str, limit: int = 3) -> list[str]:
        """Return the newest facts that have a word, the newest first."""
        found = [fact for fact in reversed(self._facts) if word in fact.split()]
        return found[:limit]

    async def list(self) -> list[str]:
        """Return every fact, the oldest first."""
        return [*self._facts]

    def fork(self) -> Self:
        """Return another one that knows the same."""
        return type(self)([*self._facts])

    def fingerprint(self) -> object:
        """Return what tells it from one that knows something else."""
        return tuple(self._facts)
