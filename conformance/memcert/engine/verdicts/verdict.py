"""A verdict: what was found of one rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program


class Finding(Enum):
    """What a verdict says."""

    PASSED = "passed"
    KEPT_SO_FAR = "kept so far"
    """Nothing was found where it was tried; quick effort left out some cells."""
    FAILED = "failed"
    HIDDEN = "hidden"
    """Its programs fail for what breaks another rule, so that nothing is known of it."""
    UNSTABLE = "unstable"
    DEVIATES = "deviates"
    UNSUPPORTED = "unsupported"
    NOT_APPLICABLE = "not applicable"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Counterexample:
    """The smallest program found that breaks a rule.

    Args:
        program: what was done.
        divergence: where the backend and the model came apart.
    """

    program: Program
    divergence: Divergence


@dataclass(frozen=True)
class Verdict:
    """What was found of one rule.

    Args:
        rule: its id.
        finding: what was found.
        programs: how many programs were run for it, shrinking left out.
        replayed: how many of them are of the corpus.
        drawn: how many of them are random.
        cells: how many cells of the rule they covered.
        cells_in_all: how many there are.
        operations: how many operations they did, without the looks at the state.
        faults: how many faults took place in them.
        seconds: how long it took, shrinking included.
        counterexample: what breaks it, if it failed or deviates, or did so once.
        reason: why it is unsupported, unstable, kept so far or was not run, what it is hidden
            behind, or the reason of a known deviation.
        part: what a level is without, if the rule is about a part that the backend leaves out.
    """

    rule: str
    finding: Finding
    programs: int = 0
    replayed: int = 0
    drawn: int = 0
    cells: int = 0
    cells_in_all: int = 0
    operations: int = 0
    faults: int = 0
    seconds: float = 0.0
    counterexample: Counterexample | None = None
    reason: str = ""
    part: str = ""
