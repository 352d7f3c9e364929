"""How much is tried, in programs and not in seconds: the same on a fast and on a slow machine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from memcert.engine.programs.program import Program
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Rule

QUICK_OPERATIONS = 60
"""About how many operations of a rule's sweep quick effort does."""


class Effort(Enum):
    """How many random programs a rule gets, and whether its sweep is run whole.

    Quick effort does a part of the sweep, and says so: it is for whoever is at work on a backend,
    and shows no level.
    """

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"

    @property
    def whole(self) -> bool:
        """Whether sweeps are run whole."""
        return self is not Effort.QUICK

    def part_of(self, sweep: Sequence[Swept]) -> Sequence[Swept]:
        """Return what is run of a sweep: all of it, or programs from all over it.

        Args:
            sweep: the programs that make sense for a backend.
        """
        if self.whole:
            return sweep
        short = [swept for swept in sweep if not swept.long]
        operations = sum(len(swept.program) for swept in short)
        return short[:: max(1, round(operations / QUICK_OPERATIONS))]

    def has_time_for(self, program: Program) -> bool:
        """Tell whether a program that failed before is run, somewhere.

        Args:
            program: the program; it may have to wait until a space expires, as sweeps do anyway.
        """
        return self is Effort.THOROUGH or not program.expiry

    def programs_for(self, rule: Rule) -> int:
        """Return how many random programs a rule gets.

        Args:
            rule: the rule.
        """
        return _PROGRAMS[self] * rule.weight


_PROGRAMS = {Effort.QUICK: 0, Effort.STANDARD: 1, Effort.THOROUGH: 200}
"""How many random programs a rule of weight 1 gets."""
