"""Looking for a program that breaks a rule, and for the smallest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable

from memcert.engine.programs.program import Program
from memcert.engine.rule import Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search.shrinking import without_needless_parts
from memcert.engine.verdicts.verdict import Counterexample

LEAVING_OUT_SECONDS = 3.0
"""How long needless parts of a counterexample are looked for, in seconds.

It takes a fraction of that unless the backend is very slow, or hangs.
"""


class _Enough(BaseException):
    """Leaves Hypothesis at once: the time is used up.

    Not an `Exception`, which Hypothesis would take for a failure of the program.
    """


@dataclass
class Tally:
    """What a run did.

    Args:
        programs: how many programs were run, shrinking left out.
        long_programs: how many of them had at least twenty operations.
        operations: how many operations they did.
        observations: how many looks at the state were taken.
        backend_seconds: the time spent in the backend's operations.
        faults: how many faults took place.
        undecided: how many programs had more orders of concurrent operations than can be tried.
    """

    programs: int = 0
    long_programs: int = 0
    operations: int = 0
    observations: int = 0
    backend_seconds: float = 0.0
    faults: int = 0
    undecided: int = 0

    def count(self, program: Program, execution: Execution) -> None:
        """Count an execution.

        Args:
            program: what was run.
            execution: what came of it.
        """
        self.programs += 1
        self.long_programs += len(program) >= 20
        self.operations += execution.operations
        self.observations += execution.observations
        self.backend_seconds += execution.backend_seconds
        self.faults += execution.faults
        self.undecided += execution.undecided

    def add(self, other: Tally) -> None:
        """Count what another run did.

        Args:
            other: its tally.
        """
        self.programs += other.programs
        self.long_programs += other.long_programs
        self.operations += other.operations
        self.observations += other.observations
        self.backend_seconds += other.backend_seconds
        self.faults += other.faults
        self.undecided += other.undecided


@dataclass
class Search:
    """A search for a counterexample to one rule.

    Args:
        rule: the rule.
        execute: runs a program.
        seed: what the generated programs depend on, beside the versions of memcert and Hypothesis
            and the constants that Hypothesis finds in modules outside site-packages.
        until: when the rule's share of the time is used up, as of `time.perf_counter`.
        shrink_seconds: how long a counterexample may be made simpler; needless parts are left out
            of it first, even if this is 0.
        first: programs that failed before, run before any other.
        tally: what was run up to the first failure.
        blocked: what the backend kept the event loop with, if it did; nothing is run after that.
        smallest: the smallest program found that breaks the rule.
        found_at: when the first one was found, as of `time.perf_counter`.
    """

    rule: Rule
    execute: Callable[[Program], Execution]
    seed: int
    until: float
    shrink_seconds: float
    first: Sequence[Program] = ()
    tally: Tally = field(default_factory=Tally)
    smallest: Counterexample | None = None
    found_at: float | None = None
    blocked: str = ""

    def run(self) -> Counterexample | None:
        """Return the smallest program found that breaks the rule; None if none does."""
        for program in self.first:
            if self._try(program):
                return self.smallest
        self._generate()
        return self.smallest

    def _generate(self) -> None:
        @seed(f"{self.seed} {self.rule.id}")
        @settings(
            max_examples=self.rule.programs_at_most,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(self.rule.programs())
        def differ(program: Program) -> None:
            if self._time_is_up():
                raise _Enough
            if self._try(program):
                raise _Broken

        try:
            differ()
        except (_Enough, _Broken, Unsatisfiable):
            # Nothing to run is nothing known: the verdict says so.
            return
        except Exception:
            # Hypothesis could not make a failure happen again. The programs that failed did fail.
            if self.smallest is None:
                raise

    def _try(self, program: Program) -> bool:
        """Run a program and tell whether it breaks the rule."""
        searching = self.smallest is None
        execution = self._execute(program)
        if searching:
            self.tally.count(program, execution)
        if execution.divergence is None:
            return False
        if not searching and (self.blocked or not self._breaks_again(program)):
            return False
        found = Counterexample(program, execution.divergence)
        if self.smallest is None or _size(program) < _size(self.smallest.program):
            self.smallest = found
        if searching:
            self.found_at = perf_counter()
            if self.blocked:
                return True
            without_needless_parts(program, self._still_breaks)
        return True

    def _breaks_again(self, program: Program) -> bool:
        """Tell whether a program that broke the rule does so whenever it is run.

        A smaller program is no better if it fails by luck: where processes meet, that is tried.
        """
        times = 2 if program.races else 0
        return all(self._execute(program).divergence is not None for _ in range(times))

    def _execute(self, program: Program) -> Execution:
        execution = self.execute(program)
        self.blocked = self.blocked or execution.blocked
        return execution

    def _still_breaks(self, program: Program) -> bool:
        assert self.found_at is not None
        if self.blocked:
            return False
        return perf_counter() < self.found_at + LEAVING_OUT_SECONDS and self._try(program)

    def _time_is_up(self) -> bool:
        if self.blocked:
            return True
        if self.found_at is not None:
            return perf_counter() > self.found_at + self.shrink_seconds
        return self.tally.programs >= self.rule.programs_at_least and perf_counter() > self.until


class _Broken(Exception):
    """A program breaks the rule."""


def _size(program: Program) -> tuple[int, int, int]:
    """Return how large a program is: fewer operations, an earlier fault, a shorter text."""
    faults = (vars(step.fault) for step in program.all_steps if step.fault is not None)
    lateness = sum(sum(map(int, fault.values())) for fault in faults)
    return len(program), lateness + len(program.schedule), len(program.to_text())
