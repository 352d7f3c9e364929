"""Causes: what makes programs fail, known by the smallest program that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from memcert.engine.causes.form import Dissected, Form, Observations
from memcert.engine.causes.grammar import Grammar
from memcert.engine.programs.program import Program
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

        It is not if its smallest program holds one that is known: another process came upon it, or
        upon what it amounts to.

        Args:
            cause: the cause.
        """
        key = cause.form.key
        if key in self._causes or self.in_program(cause.counterexample.program):
            return False
        self._causes[key] = cause
        return True

    def in_program(self, program: Program, *, costly: bool = False) -> list[Cause]:
        """Return the causes that a program contains.

        Args:
            program: the program.
            costly: whether only those count that take long to show themselves.
        """
        causes = self._chosen(costly=costly)
        if not causes:
            return []
        dissected = Dissected(program, self._grammar, self._observations)
        return [cause for cause in causes if cause.form.find(dissected) is not None]

    def shows(self, program: Program, cause: Cause) -> bool:
        """Tell whether a program contains a cause.

        Args:
            program: the program.
            cause: the cause.
        """
        return cause.form.is_in(program, self._grammar, self._observations)

    def avoided_by(self, program: Program) -> Program | None:
        """Return what is left of a program without what the known causes need.

        Args:
            program: the program.

        Returns:
            A program that contains no cause; None if nothing is left.
        """
        dissected = Dissected(program, self._grammar, self._observations)
        for cause in self:
            for _ in range(MOST_LEFT_OUT):
                found = cause.form.find(dissected)
                if found is None:
                    break
                if not dissected.leave_out(found):
                    return None
            else:
                return None
        return dissected.rest()

    def _chosen(self, *, costly: bool) -> list[Cause]:
        return [cause for cause in self if cause.costly or not costly]
