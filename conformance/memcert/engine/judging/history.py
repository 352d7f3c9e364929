"""What clients did at the same time, and what a contract can say of its orders.

An operation takes effect at one moment between its call and its return; one that was cancelled did
so or not at all; one whose connection broke, too, but nobody knows when the server got to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome


class Certainty(Enum):
    """What is known of whether an operation took effect."""

    DONE = "done"
    """It gave an answer, so it did."""
    SETTLED = "settled"
    """It did or it did not, before it ended."""
    OPEN = "open"
    """It did or it did not, at any time since it began."""


@dataclass(frozen=True)
class Event:
    """An operation of one client, and what it came to.

    Args:
        step_number: the number of its step, counted through the program's branches.
        operation: what was done.
        client: who did it.
        started: when, on a clock that counts starts and ends.
        ended: when it ended.
        outcome: its answer, where that is known.
        certainty: whether it took effect.
        compared: whether its answer counts, or only what it does.
        look: whether it is a look at the state, not an operation of the program.
    """

    step_number: int
    operation: Operation
    client: int
    started: int
    ended: int
    outcome: Outcome
    certainty: Certainty = Certainty.DONE
    compared: bool = True
    look: bool = False

    @property
    def answer(self) -> Outcome | None:
        """Its answer, if it counts."""
        return self.outcome if self.compared and self.certainty is Certainty.DONE else None


class ForkableModel(Protocol):
    """What the model of a space must be able to do for an order to be looked for."""

    def fork(self) -> Any:
        """Return another model in the same state."""

    def fingerprint(self) -> object:
        """Return what tells this state from every other one; it can be hashed."""
