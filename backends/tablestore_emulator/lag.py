"""How far an index is behind its table, and the log of what it has still to take in."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from tablestore_emulator.clock import Clock
from tablestore_emulator.values import Key

if TYPE_CHECKING:
    # It needs an extra, which whoever only says how far an index is behind may lack.
    from tablestore_emulator.tables.row import StoredRow

_NUMBER = r"(\d+(?:\.\d+)?)"
_TEXT = re.compile(rf"{_NUMBER}(?:-{_NUMBER})?(s|ms)?")


@dataclass(frozen=True)
class Lag:
    """How long a change takes to reach an index.

    Args:
        shortest: seconds.
        longest: seconds; infinite where it waits until it is told to.
    """

    shortest: float
    longest: float

    @classmethod
    def parse(cls, text: str) -> Lag:
        """Return the lag that a text says: ``1-3s``, ``5-20ms``, ``2``, ``0``, ``manual``.

        Args:
            text: the text; seconds where it names no unit.

        Raises:
            ValueError: it says none.
        """
        if text == "manual":
            return MANUAL
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"a lag is such as 1-3s, 20ms, 0 or manual, not {text!r}")
        unit = 0.001 if found[3] == "ms" else 1.0
        shortest = float(found[1]) * unit
        longest = float(found[2]) * unit if found[2] is not None else shortest
        if longest < shortest:
            raise ValueError(f"a lag goes from the shorter to the longer, not {text!r}")
        return cls(shortest, longest)

    def draw(self, random: Random) -> float:
        """Return how long one change takes, in seconds.

        Args:
            random: where chance comes from.
        """
        if math.isinf(self.longest):
            return math.inf
        return random.uniform(self.shortest, self.longest)

    def __str__(self) -> str:
        if math.isinf(self.longest):
            return "manual"
        if self.shortest == self.longest:
            return f"{self.shortest:g}s"
        return f"{self.shortest:g}-{self.longest:g}s"


OF_THE_SERVICE = Lag(1.0, 3.0)
"""What the service's documentation says: 99 % within 3 s."""

OF_SECONDARY = Lag(0.001, 0.01)
"""What it says of global secondary indexes: milliseconds."""

MANUAL = Lag(math.inf, math.inf)
"""A change waits until a test lets the index catch up."""


class DelayedChange(NamedTuple):
    """A row of a table as it has become."""

    visible_at: float
    written_at: float
    key: Key
    row: StoredRow | None


class ChangeLog:
    """The changes that an index has still to take in, in the order of the table.

    Args:
        clock: tells when a change is due.
        random: where chance comes from.
        apply: takes in a change.
    """

    def __init__(
        self, clock: Clock, random: Random, apply: Callable[[DelayedChange], None]
    ) -> None:
        self._clock = clock
        self._random = random
        self._apply = apply
        self._waiting: deque[DelayedChange] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def oldest(self) -> DelayedChange | None:
        """The change that has waited longest; None where none waits."""
        return self._waiting[0] if self._waiting else None

    def add(self, key: Key, row: StoredRow | None, lag: Lag, not_before: float = 0.0) -> None:
        """Have a change taken in after a lag, and not before those that came earlier.

        Args:
            key: its primary key.
            row: what it is now; None if it is gone.
            lag: how long it takes.
            not_before: seconds since 1970.
        """
        now = self._clock.now()
        due = max(now + lag.draw(self._random), not_before)
        if self._waiting:
            due = max(due, self._waiting[-1].visible_at)
        self._waiting.append(DelayedChange(due, now, key, row))

    def take_in(self, count: int | None = None, even_if_not_due: bool = False) -> int:
        """Let the index take in what is due.

        Args:
            count: at most so many; None for all.
            even_if_not_due: whether it takes in what is not due, too.

        Returns:
            How many it took in.
        """
        now = self._clock.now()
        taken = 0
        while self._waiting and (count is None or taken < count):
            if self._waiting[0].visible_at > now and not even_if_not_due:
                break
            self._apply(self._waiting.popleft())
            taken += 1
        return taken

    def draw_again(self, lag: Lag) -> None:
        """Give what waits another lag, from when it was written: the setting has changed.

        Args:
            lag: the new one.
        """
        waiting, self._waiting = self._waiting, deque()
        for change in waiting:
            due = change.written_at + lag.draw(self._random)
            if self._waiting:
                due = max(due, self._waiting[-1].visible_at)
            self._waiting.append(change._replace(visible_at=due))
