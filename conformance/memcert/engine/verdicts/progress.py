"""Who is told how far a run is."""

from __future__ import annotations

from pathlib import Path

from memcert.engine.causes.cause import Cause
from memcert.engine.rule import Rule
from memcert.engine.verdicts.verdict import Verdict


class Progress:
    """Who is told how far a run is: nobody; who wants to know derives from it.

    Several threads tell it something, one at a time.
    """

    def starts(self, rule: Rule) -> None:
        """Be told that a rule is being checked.

        Args:
            rule: the rule.
        """

    def is_at(self, rule: Rule, phase: str) -> None:
        """Be told what is done for a rule that is being checked.

        Args:
            rule: the rule.
            phase: what is done, in a word or two.
        """

    def found(self, cause: Cause, file: Path | None) -> None:
        """Be told of a cause, as soon as it is known.

        Args:
            cause: why a rule is broken.
            file: where its program is kept; None if it is not.
        """

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        """Be told what was found.

        Args:
            rule: the rule.
            verdict: what was found.
        """
