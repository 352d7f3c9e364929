"""Looking for a program that breaks a rule, and for the smallest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable

from memcert.engine.programs.program import Program
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search.drawing import the_same_everywhere
from memcert.engine.search.shrinking import without_needless_parts
from memcert.engine.search.tally import Tally
from memcert.engine.verdicts.verdict import Counterexample

RUNS_TO_LEAVE_OUT = 400
"""How many runs the search for needless parts of a counterexample may take."""

RUNS_TO_SIMPLIFY = 200
"""How many runs Hypothesis may take to make what is left simpler."""

MOST_PLACES = 400
"""At how many places a fault is met at most: an operation that waits more often is not covered."""

SECONDS_TO_SHRINK = 15.0
"""How long both may take, in seconds; only a backend that is very slow, or hangs, takes so long."""


class _Enough(BaseException):
    """Leaves Hypothesis at once: the time, or what may be run, is used up.

    Not an `Exception`, which Hypothesis would take for a failure of the program.
    """


@dataclass
class Search:
    """A search for a counterexample to one rule.

    Args:
        rule: the rule.
        execute: runs a program.
        swept: the programs of its sweep that make sense.
        seed: what the random programs depend on, beside the versions of memcert and Hypothesis.
        until: when the run must end, as of `time.perf_counter`.
        drawn_at_most: how many random programs are run.
        part: the only programs of the sweep that are run; None for all.
        simpler: whether a counterexample is made simpler once needless parts are left out.
        first: programs that failed before, run before any other.
        tally: what was run up to the first failure.
        blocked: what the backend kept the event loop with, if it did; nothing is run after that.
        smallest: the smallest program found that breaks the rule.
        found_at: when the first one was found, as of `time.perf_counter`.
        cut_off: whether the time was used up before the search was done.
    """

    rule: Rule
    execute: Callable[[Program], Execution]
    swept: Sequence[Swept]
    seed: int
    until: float
    drawn_at_most: int
    part: Sequence[Swept] | None = None
    simpler: bool = True
    first: Sequence[Program] = ()
    tally: Tally = field(default_factory=Tally)
    smallest: Counterexample | None = None
    found_at: float | None = None
    blocked: str = ""
    cut_off: bool = False
    _runs_left: int = RUNS_TO_LEAVE_OUT
    _decided: set[str] = field(default_factory=set)

    def run(self) -> Counterexample | None:
        """Return the smallest program found that breaks the rule; None if none does."""
        for program in self.first:
            before = self.tally.undecided
            if self._time_is_up() or self._try(program):
                return self.smallest
            if self.tally.undecided == before:
                self._decided.add(program.to_text())
        for swept in self.swept if self.part is None else self.part:
            if self._time_is_up() or not self._covers(swept):
                return self.smallest
        if self.drawn_at_most:
            with the_same_everywhere():
                self._draw()
        return self.smallest

    @property
    def cells_in_all(self) -> int:
        """How many cells there are to be covered."""
        return sum(len(swept.cells) for swept in self.swept)

    def _covers(self, swept: Swept) -> bool:
        """Run a program of the sweep, and tell whether the search goes on after it."""
        program, reached = swept.program, swept.places
        if swept.next is None and program.to_text() in self._decided:
            # It was run as one that failed before.
            self.tally.cells += len(swept.cells)
            return True
        while True:
            before = self.tally.undecided, self.tally.faults
            if self._try(program) or self.cut_off:
                return False
            if self.tally.undecided > before[0]:
                return True
            if swept.next is None or self.tally.faults - before[1] < swept.places:
                self.tally.cells += len(swept.cells)
                return True
            # It met the fault wherever it was to: there may be places beyond.
            if reached >= MOST_PLACES:
                return True
            program = swept.next(reached)
            reached += swept.places
            if self._time_is_up():
                return False

    def _draw(self) -> None:
        @seed(f"{self.seed} {self.rule.id}")
        @settings(
            # Its first one is the simplest there is, which finds next to nothing.
            max_examples=self.drawn_at_most + 1,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if self.simpler else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(self.rule.programs())
        def differ(program: Program) -> None:
            if self._time_is_up():
                raise _Enough
            if self._try(program, drawn=True):
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

    def _try(self, program: Program, *, drawn: bool = False) -> bool:
        """Run a program and tell whether it breaks the rule."""
        searching = self.smallest is None
        execution = self._execute(program)
        if execution.cut_off:
            self.cut_off = self.cut_off or searching
            return False
        if searching:
            self.tally.count(program, execution, drawn=drawn)
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
            self._runs_left = RUNS_TO_SIMPLIFY
        return True

    def _breaks_again(self, program: Program) -> bool:
        """Tell whether a program that broke the rule does so whenever it is run.

        A smaller program is no better if it fails by luck: where operations meet, that is tried.
        """
        times = 4 if program.branches else 0
        return all(self._execute(program).divergence is not None for _ in range(times))

    def _execute(self, program: Program) -> Execution:
        execution = self.execute(program)
        self.blocked = self.blocked or execution.blocked
        return execution

    def _still_breaks(self, program: Program) -> bool:
        return not self._time_is_up() and self._try(program)

    def _time_is_up(self) -> bool:
        """Tell whether nothing more may be run."""
        if self.blocked:
            return True
        now = perf_counter()
        if self.found_at is not None:
            self._runs_left -= 1
            return self._runs_left < 0 or now > min(self.found_at + SECONDS_TO_SHRINK, self.until)
        self.cut_off = self.cut_off or now > self.until
        return self.cut_off


class _Broken(Exception):
    """A program breaks the rule."""


def _size(program: Program) -> tuple[int, int, int]:
    """Return how large a program is: fewer operations, an earlier fault, a shorter text."""
    faults = (vars(step.fault) for step in program.all_steps if step.fault is not None)
    lateness = sum(sum(map(int, fault.values())) for fault in faults)
    return len(program), lateness + len(program.schedule), len(program.to_text())
