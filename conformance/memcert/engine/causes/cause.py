"""Causes: what makes programs fail, known by the smallest program that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memcert.engine.causes.atoms import Place, without
from memcert.engine.causes.form import Form, Observations
from memcert.engine.causes.grammar import Grammar
from memcert.engine.programs.program import Looks, Program
from memcert.engine.rule import Consequence
from memcert.engine.verdicts.verdict import Counterexample

MOST_LEFT_OUT = 1_000
"""How many things are left out of a program, at most, to have it avoid what is known."""


@dataclass(frozen=True)
class Cause:
    """What makes programs fail.

    Args:
        form: what they hold.
        rule: the id of the rule that is about it.
        found_by: the id of the rule whose programs showed it first.
        counterexample: the smallest program that shows it.
        consequence: what it means.
        costly: whether it takes long to show itself, as what hangs does.
    """

    form: Form
    rule: str
    found_by: str
    counterexample: Counterexample
    consequence: Consequence
    costly: bool = False


class KnownCauses:
    """The causes that are known so far.

    Args:
        grammar: what is known of the operations.
        observations: what looks at the state.
    """

    def __init__(self, grammar: Grammar, observations: Observations) -> None:
        self._grammar = grammar
        self._observations = observations
        self._causes: dict[str, Cause] = {}

    def __iter__(self) -> Iterator[Cause]:
        return iter([*self._causes.values()])

    def add(self, cause: Cause) -> bool:
        """Add a cause, and tell whether it is new.

        Args:
            cause: the cause.
        """
        key = cause.form.key
        if key in self._causes:
            return False
        self._causes[key] = cause
        return True

    def in_program(self, program: Program, *, costly: bool = False) -> list[Cause]:
        """Return the causes that a program contains.

        Args:
            program: the program.
            costly: whether only those count that take long to show themselves.
        """
        return [
            cause
            for cause in self._causes.values()
            if (cause.costly or not costly) and self._places(cause, program) is not None
        ]

    def avoided_by(self, program: Program, *, costly: bool = False) -> Program | None:
        """Return what is left of a program without what the known causes need.

        Args:
            program: the program.
            costly: whether only those count that take long to show themselves.

        Returns:
            A program that contains no cause; None if nothing is left.
        """
        causes = [cause for cause in self._causes.values() if cause.costly or not costly]
        left_out = 0
        for cause in causes:
            while (places := self._places(cause, program)) is not None:
                left_out += 1
                rest = self._without(program, places)
                if rest is None or left_out > MOST_LEFT_OUT:
                    return None
                program = rest
        # Leaving something out may bring another one forth only if it is looked at otherwise.
        return program

    def _places(self, cause: Cause, program: Program) -> Sequence[Place | None] | None:
        return cause.form.find(program, self._grammar, self._observations)

    def _without(self, program: Program, places: Sequence[Place | None]) -> Program | None:
        """Leave out the last of some things that are done."""
        *before, last = places
        if last is not None:
            return without(program, last, self._grammar)
        fewer = _with_fewer_looks(program)
        if fewer is not None:
            return fewer
        return self._without(program, before) if before else None


def _with_fewer_looks(program: Program) -> Program | None:
    if program.is_concurrent:
        return None
    fewer = {Looks.ALWAYS: Looks.PLAINLY, Looks.ONCE: Looks.PLAINLY, Looks.PLAINLY: Looks.NEVER}
    looks = fewer.get(program.looks)
    if looks is None:
        return None
    return Program(**{**vars(program), "looks": looks})
