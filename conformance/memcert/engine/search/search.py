"""Looking for a program that breaks a rule, beside what is known to break others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from time import perf_counter
from typing import Protocol

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable

from memcert.engine.causes.about import is_just, rule_about
from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.causes.consequence import consequence_of
from memcert.engine.causes.form import form_of
from memcert.engine.contract import Contract
from memcert.engine.judging.divergence import Divergence
from memcert.engine.part import OptionalPart, without_parts
from memcert.engine.programs.combined import one_after_the_other
from memcert.engine.programs.program import Program
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search.drawing import the_same_everywhere
from memcert.engine.search.smallest import Smallest
from memcert.engine.search.tally import Tally

MOST_PLACES = 400
"""At how many places a fault is met at most: an operation that waits more often is not covered."""

COSTLY_SECONDS = 2.0
"""From how many seconds on what shows a cause is not run again for it."""


class _Enough(BaseException):
    """Leaves Hypothesis at once: the search is over.

    Not an `Exception`, which Hypothesis would take for a failure of the program.
    """


class Store(Protocol):
    """The store that programs run in.

    Attributes:
        earlier: the programs that were run last, the last one last.
        isolates: whether each program gets a store of its own.
    """

    earlier: deque[Program]
    isolates: bool

    def renew(self) -> bool:
        """Start it anew, with nothing in it, and tell whether that could be done."""


class _Came(Enum):
    """What came of a program."""

    KEPT = "the rule is kept"
    HIDDEN = "it fails for what is known"
    BROKEN = "the rule is broken"
    UNKNOWN = "nothing is known"


@dataclass
class Search:
    """A search for a program that breaks a rule for a reason that is not known yet.

    Args:
        rule: the rule.
        contract: whose rule it is.
        execute: runs a program.
        swept: the programs of its sweep that make sense.
        seed: what the random programs depend on, beside the versions of memcert and Hypothesis.
        until: when the run must end, as of `time.perf_counter`.
        drawn_at_most: how many random programs are run.
        part: the only programs of the sweep that are run; None for all.
        simpler: whether a counterexample is made simpler once needless parts are left out.
        first: programs that failed before, run before any other.
        store: the store that programs run in, if it can be started anew.
        known: the causes that are known.
        lacking: the parts of the contract that no program may take.
        among: the ids of the rules that are checked, one of which a cause is about; none for all.
        tell: is told what is done, in a word or two.
        is_enough: tells whether somebody else found all that is asked for.
        tally: what was run, shrinking left out.
        blocked: what the backend kept the event loop with, if it did; nothing is run after that.
        cause: why the rule is broken, if it is.
        hidden_behind: the known causes that programs of the rule failed for, by their keys.
        is_about: the keys of the causes that one of its programs shows as it stands.
        cut_off: whether the time was used up before the search was done.
    """

    rule: Rule
    contract: Contract
    execute: Callable[[Program], Execution]
    swept: Sequence[Swept]
    seed: int
    until: float
    drawn_at_most: int
    part: Sequence[Swept] | None = None
    simpler: bool = True
    first: Sequence[Program] = ()
    store: Store | None = None
    known: KnownCauses | None = None
    lacking: Sequence[OptionalPart] = ()
    among: Collection[str] = ()
    is_enough: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = lambda _: None
    tally: Tally = field(default_factory=Tally)
    blocked: str = ""
    cause: Cause | None = None
    hidden_behind: dict[str, Cause] = field(default_factory=dict)
    is_about: set[str] = field(default_factory=set)
    cut_off: bool = False
    _decided: set[str] = field(default_factory=set)

    def run(self) -> Cause | None:
        """Return why the rule is broken, if it is, apart from what is known already."""
        if self.first:
            self.tell("replaying")
        for program in self.first:
            came = _Came.UNKNOWN if self._is_over() else self._try(program)
            if came is _Came.KEPT:
                self._decided.add(program.to_text())
            if self._is_over():
                return self.cause
        self.tell("sweep")
        for swept in self.swept if self.part is None else self.part:
            if self._is_over():
                return self.cause
            self._cover(swept)
        if self.drawn_at_most and not self._is_over():
            self.tell("random programs")
            with the_same_everywhere():
                self._draw()
        return self.cause

    @property
    def causes(self) -> Sequence[Cause]:
        """The causes that programs of the rule failed for, its own first."""
        own = [] if self.cause is None else [self.cause]
        return [*own, *self.hidden_behind.values()]

    @property
    def cells_in_all(self) -> int:
        """How many cells there are to be covered."""
        return sum(len(swept.cells) for swept in self.swept)

    def _cover(self, swept: Swept) -> None:
        """Run a program of the sweep, and note the cells that it covers."""
        program, reached = swept.program, swept.places
        if swept.next is None and program.to_text() in self._decided:
            # It was run as one that failed before.
            self.tally.cells += len(swept.cells)
            return
        while not self._is_over():
            before = self.tally.faults
            if self._try(program) is not _Came.KEPT:
                return
            if swept.next is None or self.tally.faults - before < swept.places:
                self.tally.cells += len(swept.cells)
                return
            # It met the fault wherever it was to: there may be places beyond.
            if reached >= MOST_PLACES:
                return
            program = swept.next(reached)
            reached += swept.places

    def _draw(self) -> None:
        @seed(f"{self.seed} {self.rule.id}")
        @settings(
            # Its first one is the simplest there is, which finds next to nothing.
            max_examples=self.drawn_at_most + 1,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(self.rule.programs())
        def differ(program: Program) -> None:
            fitting = without_parts(program, self.lacking, self.contract.grammar)
            if fitting is not None and not self._is_over():
                self._try(fitting, drawn=True)
            if self._is_over():
                raise _Enough

        try:
            differ()
        except (_Enough, Unsatisfiable):
            # Nothing to run is nothing known: the verdict says so.
            return

    def _try(self, program: Program, *, drawn: bool = False) -> _Came:
        """Run a program, and find out why it fails, if it does."""
        hidden = self._known_in(program, costly=True)
        if hidden:
            # What is known to hang is not waited for again.
            return self._try_the_rest(program, hidden, drawn=drawn)
        execution = self._execute(program)
        if execution.cut_off:
            self.cut_off = True
            return _Came.UNKNOWN
        self.tally.count(program, execution, drawn=drawn)
        if execution.divergence is None:
            return _Came.UNKNOWN if execution.undecided else _Came.KEPT
        hidden = self._known_in(program)
        if hidden:
            return self._try_the_rest(program, hidden, drawn=drawn)
        return self._is_broken(program, execution)

    def _by_itself(self, program: Program, execution: Execution) -> tuple[Program, Execution]:
        """Return what fails in a new store: a program, or one that ran before it and the program.

        What neither explains is returned as it is: that it does not happen again is for the end of
        the run to say.
        """
        store = self.store
        divergence = execution.divergence
        assert divergence is not None
        is_own = self.blocked or not _may_be_left(program, divergence)
        if store is None or store.isolates or is_own:
            return program, execution
        earlier = [each for each in reversed(store.earlier) if each is not program]
        if not store.renew():
            return program, execution
        again = self._execute(program)
        if again.divergence is not None:
            return program, again
        # From here on, what one leaves is no other one's.
        store.isolates = True
        for each in earlier:
            both = one_after_the_other(each, program)
            if both is None:
                continue
            of_both = self._execute(both)
            if of_both.divergence is not None:
                return both, of_both
        return program, execution

    def _known_in(self, program: Program, *, costly: bool = False) -> list[Cause]:
        return [] if self.known is None else self.known.in_program(program, costly=costly)

    def _try_the_rest(self, program: Program, hidden: list[Cause], *, drawn: bool) -> _Came:
        """Run what is left of a program without what makes it fail."""
        assert self.known is not None
        for cause in hidden:
            self.hidden_behind[cause.form.key] = cause
            # Chance draws what a rule is not about, too.
            if not drawn and self._is_just(cause, program):
                self.is_about.add(cause.form.key)
        rest = self.known.avoided_by(program)
        if rest is None or self.blocked or perf_counter() > self.until:
            return _Came.HIDDEN
        execution = self._execute(rest)
        if execution.cut_off or execution.divergence is None:
            return _Came.HIDDEN
        return self._is_broken(rest, execution)

    def _is_broken(self, program: Program, execution: Execution) -> _Came:
        """Find out why a program fails that holds no known cause."""
        program, execution = self._by_itself(program, execution)
        hidden = self._known_in(program)
        if hidden:
            # An earlier one left what is known to be left.
            self.hidden_behind |= {cause.form.key: cause for cause in hidden}
            return _Came.HIDDEN
        self.tell("shrinking")
        smallest = self._smallest(program, execution)
        if self._was_left_by_smaller_ones(smallest):
            smallest = self._smallest(program, execution)
        essence, grammar = smallest.essence(), self.contract.grammar
        form = form_of(essence, grammar, smallest.found.divergence.refused)
        names = self.contract.by_id
        about = rule_about(form, smallest.found, self.rule, self.contract, self.among or names)
        self.cause = Cause(
            form,
            about.id,
            self.rule.id,
            smallest.found,
            consequence_of(about, smallest.found),
            costly=execution.seconds > COSTLY_SECONDS,
        )
        # Those that come after the first that fails would show it if another rule had found it.
        if about is self.rule or any(self._is_just(self.cause, each) for each in self._own()):
            self.is_about.add(form.key)
        return _Came.BROKEN

    def _was_left_by_smaller_ones(self, smallest: Smallest) -> bool:
        """Tell whether the smallest program fails only for what those left that were tried before.

        From then on, each has a store of its own.
        """
        store, found = self.store, smallest.found
        is_own = self.blocked or not _may_be_left(found.program, found.divergence)
        if store is None or store.isolates or is_own:
            return False
        store.isolates = store.renew() and self._execute(found.program).divergence is None
        return store.isolates

    def _smallest(self, program: Program, execution: Execution) -> Smallest:
        smallest = Smallest(
            program,
            execution,
            self.contract,
            self._execute,
            lambda smaller: bool(self._known_in(smaller)),
            self.until,
            simpler=self.simpler,
        )
        smallest.shrink()
        return smallest

    def _own(self) -> Iterator[Program]:
        """Give the programs of the rule itself, those that chance draws left out."""
        yield from self.first
        for swept in self.swept if self.part is None else self.part:
            yield swept.program

    def _is_just(self, cause: Cause, program: Program) -> bool:
        """Tell whether a program that fails for a cause does nothing else."""
        return is_just(cause.form, cause.counterexample.program, program, self.contract)

    def _execute(self, program: Program) -> Execution:
        started = perf_counter()
        execution = self.execute(program)
        execution.seconds = perf_counter() - started
        self.blocked = self.blocked or execution.blocked
        return execution

    def _is_over(self) -> bool:
        """Tell whether nothing more is run."""
        if self.cause is not None or self.blocked:
            return True
        self.cut_off = self.cut_off or perf_counter() > self.until or self.is_enough()
        return self.cut_off


def _may_be_left(program: Program, divergence: Divergence) -> bool:
    """Tell whether a failure may come of what another program left in the store.

    That may be a lock, or messages in a space whose name both of them use. Where operations meet,
    or faults befall them, that it does not fail again says nothing.
    """
    if program.is_concurrent:
        return False
    shared = any(space.shared_user or space.shared_session for space in program.spaces)
    return shared or divergence.hang or divergence.observed.startswith("raised")
