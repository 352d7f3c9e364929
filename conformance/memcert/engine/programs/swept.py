"""A program of a rule's sweep, and the cells that it covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from memcert.engine.programs.program import Program


@dataclass(frozen=True)
class Swept:
    """A program that covers some cells of its rule, once it has run without a difference.

    Args:
        program: what is done.
        cells: what it covers: a value of a kind at a position of the API, a combination of
            arguments, a pair of operations, an operation and a fault. A name each, unlike every
            other one of the rule.
        next: for a program that meets a fault at one place after the other, as far as it goes:
            returns the program that goes on from a place. Its cells are covered once one went
            on beyond the last place there is.
        places: at how many places each of these meets the fault.
        long: whether it takes so long that quick effort leaves it out.
    """

    program: Program
    cells: tuple[str, ...]
    next: Callable[[int], Program] | None = None
    places: int = 0
    long: bool = False
