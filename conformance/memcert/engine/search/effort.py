"""How much is tried, in programs and not in seconds: the same on a fast and on a slow machine."""

from __future__ import annotations

from enum import Enum

from memcert.engine.rule import Rule


class Effort(Enum):
    """How many random programs a rule gets, and whether its sweep is run whole.

    Quick effort leaves out the long programs of the sweep, and says so: it is for whoever is at
    work on a backend, and shows no level.
    """

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"

    @property
    def whole(self) -> bool:
        """Whether sweeps are run whole."""
        return self is not Effort.QUICK

    def programs_for(self, rule: Rule) -> int:
        """Return how many random programs a rule gets.

        Args:
            rule: the rule.
        """
        return _PROGRAMS[self] * rule.weight


_PROGRAMS = {Effort.QUICK: 0, Effort.STANDARD: 2, Effort.THOROUGH: 200}
"""How many random programs a rule of weight 1 gets."""
