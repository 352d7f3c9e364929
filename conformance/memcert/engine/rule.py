"""A rule: one sentence of a contract, with what breaking it means and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from memcert.engine.programs.program import Program
from memcert.engine.programs.swept import Swept

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


class Level(Enum):
    """How far a backend may be trusted; each level builds on the one before."""

    CORE = "core"
    DURABLE = "durable"
    RESILIENT = "resilient"
    SCALABLE = "scalable"

    @property
    def rank(self) -> int:
        """Its place, from 0."""
        return list(Level).index(self)

    def includes(self, other: Level) -> bool:
        """Tell whether reaching this level takes the rules of another.

        Args:
            other: that level.
        """
        return other.rank <= self.rank


class Consequence(Enum):
    """What breaking a rule means; what hurts most comes first."""

    LEAK = "leak"
    LOSS = "loss"
    WRONG = "wrong"
    ERROR = "error"
    STRICT = "strict"

    @property
    def rank(self) -> int:
        """Its place, from 0."""
        return list(Consequence).index(self)

    @property
    def meaning(self) -> str:
        """What it means, in a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    Consequence.LEAK: "data of one space reaches another",
    Consequence.LOSS: "something that was stored is gone",
    Consequence.WRONG: "an answer or the state is wrong",
    Consequence.ERROR: "something that must work raises or hangs",
    Consequence.STRICT: "bad input is not refused as it should be",
}


class Faults(Enum):
    """Whether a rule is about what goes wrong while a program runs."""

    NONE = "none"
    WANTED = "wanted"
    """It is, and is kept by itself where nothing can: what never waits is never cancelled."""
    NEEDED = "needed"
    """It is, and nothing is known of it where nothing went wrong."""


def no_sweep() -> Sequence[Swept]:
    """Return no program: the rule is checked by random programs alone."""
    return ()


@dataclass(frozen=True)
class Rule:
    """One sentence of a contract.

    A rule is checked by running programs against a backend and the contract's model side by side.
    It is kept if they never differ; its programs use only what the rule is about, so that another
    bug does not make it fail. Those of its sweep are the same on every machine; random ones look
    for what nobody thought of.

    Args:
        id: stable; never renumbered, never reused.
        text: the sentence.
        level: the level that takes it; None for an extension, which belongs to no level.
        consequence: what breaking it means.
        programs: returns the Hypothesis strategy of its random programs.
        sweep: returns the programs of its sweep, which cover its cells.
        needs: what a backend must be able to do for the rule to make sense: names of fields of
            `memcert.engine.capabilities.Capabilities`.
        better_with: what a backend must be able to do for the rule to be checked in full; without
            it a verdict "passed" says that it is in part.
        faults: whether it is about what goes wrong, so that programs to which nothing happened say
            nothing of it.
        weight: how many random programs it gets, compared with other rules.
    """

    id: str
    text: str
    level: Level | None
    consequence: Consequence
    programs: Callable[[], SearchStrategy[Program]]
    sweep: Callable[[], Sequence[Swept]] = no_sweep
    needs: frozenset[str] = frozenset()
    better_with: frozenset[str] = frozenset()
    faults: Faults = Faults.NONE
    weight: int = 1

    @property
    def strict(self) -> bool:
        """Whether it is about refusing bad input, and so counted apart from the levels."""
        return self.consequence is Consequence.STRICT

    @cached_property
    def swept(self) -> tuple[Swept, ...]:
        """The programs of its sweep, built once: running them changes nothing in them."""
        return tuple(self.sweep())

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The cells that a certification must have covered, of a backend that can do everything."""
        return tuple(cell for swept in self.swept for cell in swept.cells)
