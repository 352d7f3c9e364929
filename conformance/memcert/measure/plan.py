"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasurementPlan:
    """The sizes of a run, and how often each thing is timed.

    Args:
        messages: how many a full space holds.
        rounds: how many pairs of times each ratio of a small operation is made of.
        few: how many a small space holds.
        large_message_bytes: the size of a large message.
        memories: how many share a pool.
        pool_size: how many connections that pool has.
    """

    messages: int = 50_000
    rounds: int = 200
    few: int = 100
    large_message_bytes: int = 10_000_000
    memories: int = 50
    pool_size: int = 5

    @property
    def reading_rounds(self) -> int:
        """How often a whole space is read; seven make an interval."""
        return min(7, self.rounds)

    @property
    def bulk_rounds(self) -> int:
        """How often what takes long to prepare is done."""
        return min(3, self.rounds)

    @property
    def stored(self) -> list[int]:
        """How many messages are stored while round trips are counted."""
        return sorted({size for size in (8, 512, self.messages) if size <= self.messages})
