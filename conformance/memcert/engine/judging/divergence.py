"""Where a backend and the model came apart."""

from __future__ import annotations

from dataclasses import dataclass

from memcert.engine.programs.operation import Operation


@dataclass(frozen=True)
class Divergence:
    """Where a backend and the model came apart.

    Args:
        step: the number of the step, from 0.
        operation: what was asked of the memory: the step's operation, or a look at the state
            after it, as Python.
        expected: what the model did.
        observed: what the backend did.
        hang: whether it did not end within its time limit.
        refused: the numbers of the steps before it that raised an error, as they must.
        lost: whether something is missing in what the backend returned.
        client: the number of the client who asked.
        look: whether it was a look at the state after the step, and not the step itself.
    """

    step: int
    operation: str
    expected: str
    observed: str
    hang: bool = False
    refused: tuple[int, ...] = ()
    lost: bool = False
    client: int = 0
    look: bool = False


class Diverged(Exception):
    """A backend and the model came apart.

    Args:
        divergence: where.
    """

    def __init__(self, divergence: Divergence) -> None:
        self.divergence = divergence


def divergence_on(
    step: int, operation: str | Operation, expected: str, observed: str, *, hang: bool = False
) -> Divergence:
    """Return a divergence on an operation, named as Python.

    Args:
        step: the number of the step.
        operation: what was asked of the memory.
        expected: what the model did.
        observed: what the backend did.
        hang: whether it did not end within its time limit.
    """
    if not isinstance(operation, str):
        operation = "; ".join(operation.source("memory"))
    return Divergence(step, operation, expected, observed, hang)
