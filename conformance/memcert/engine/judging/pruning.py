"""What a contract knows of orders that need not be tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome


@dataclass(frozen=True)
class Ahead:
    """An operation that may still take effect, as the search for an order knows it.

    Args:
        operation: the operation.
        outcome: its answer, if it counts.
        before: returns the operations that may take effect before it and have not yet, and those
            of them that do.
    """

    operation: Operation
    outcome: Outcome | None
    before: Callable[[], tuple[list[Operation], list[Operation]]]


class Pruning(Protocol):
    """What a contract knows of some operations that may still take effect."""

    def is_dead_end(self, model: Any) -> bool:
        """Tell whether no order of them leads from a state to their answers; False if unknown.

        Args:
            model: the state.
        """

    def key(self, model: Any) -> object:
        """Return what is the same for states that lead to the same answers; it can be hashed.

        Args:
            model: the state.
        """


MakePruning = Callable[[Sequence[Ahead]], Pruning]
"""Returns what is known of some operations: it makes the search for an order short."""


class NoPruning:
    """Nothing is known: every order is tried, until there are too many.

    Args:
        ahead: the operations that may still take effect.
    """

    def __init__(self, ahead: Sequence[Ahead]) -> None:
        pass

    def is_dead_end(self, model: Any) -> bool:
        return False

    def key(self, model: Any) -> object:
        fingerprint: object = model.fingerprint()
        return fingerprint
