"""Making a program that fails as small as it gets: the smallest program that shows a cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter

from memcert.engine.causes.grammar import Grammar
from memcert.engine.causes.plainness import with_plain_values
from memcert.engine.contract import Contract
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks, Program, Step
from memcert.engine.running.execution import Execution
from memcert.engine.search.shrinking import without_needless_parts
from memcert.engine.verdicts.verdict import Counterexample

RUNS_TO_LEAVE_OUT = 400
"""How many runs the search for needless parts of a counterexample may take."""

RUNS_TO_SIMPLIFY = 200
"""How many runs making the values of what is left plain may take."""

SECONDS_TO_SHRINK = 15.0
"""How long both may take, in seconds; only a backend that is very slow, or hangs, takes so long."""

SLOW_SECONDS = 0.1
"""From how many seconds on a program is slow: parts are left out before looks are added to it."""

MANY_STEPS = 20
"""From how many steps on a program may become slow by a look after each."""

TIMES_AGAIN = 4
"""How often a smaller program must fail whose operations meet: one that fails by luck is no better.
"""


class Smallest:
    """The smallest program found so far that shows what one program showed.

    Args:
        program: one that fails.
        execution: what came of it.
        contract: whose operations it is made of.
        execute: runs a program.
        is_another: tells whether a program is about something else, that is known already.
        until: when the run must end, as of `time.perf_counter`.
        simpler: whether values are made plain.

    Attributes:
        found: the smallest program, and where it differs.
    """

    def __init__(
        self,
        program: Program,
        execution: Execution,
        contract: Contract,
        execute: Callable[[Program], Execution],
        is_another: Callable[[Program], bool],
        until: float,
        *,
        simpler: bool,
    ) -> None:
        assert execution.divergence is not None
        self.found = Counterexample(program, execution.divergence)
        self._look = execution.look
        self._contract = contract
        self._execute = execute
        self._is_another = is_another
        self._runs_left = RUNS_TO_LEAVE_OUT
        self._until = min(perf_counter() + SECONDS_TO_SHRINK, until)
        self._simpler = simpler
        self._lost = bool(execution.blocked)
        self._slow = execution.seconds > SLOW_SECONDS or len(program) >= MANY_STEPS
        self._shorter = True

    def shrink(self) -> None:
        """Look for the smallest program."""
        if self._slow:
            # Each look takes its time, and each value too.
            without_needless_parts(self.found.program, self._breaks)
        if self.found.divergence.hang:
            # There is nothing to be looked at, and to try it again takes as long.
            return
        program = self.found.program
        if program.looks is not Looks.ALWAYS and not program.is_concurrent:
            # What shows in the state need not be asked for.
            self._breaks(replace(program, looks=Looks.ALWAYS))
        # What differs from all else shows where it went.
        self._shorter = False
        self._breaks(_with_distinct_values(self.found.program, self._contract.grammar))
        self._shorter = True
        without_needless_parts(self.found.program, self._breaks)
        self._runs_left = RUNS_TO_SIMPLIFY
        # From here on, what is found is simpler, if not shorter.
        self._shorter = False
        if self._look is not None and len(self.found.program.steps) == 1:
            alone = (Step(self._look, self.found.program.steps[0].client),)
            self._breaks(replace(self.found.program, steps=alone, looks=Looks.NEVER))
        if self._simpler:
            contract = self._contract
            with_plain_values(
                self.found.program, self._breaks, contract.operations, contract.grammar
            )

    def essence(self) -> Program:
        """Return the program without fields that only serve to show what is wrong.

        It holds the look at the state that shows it, if there is only one that does. Where the
        state itself is wrong, several ways to look at it show that, and which one was taken does
        not matter.
        """
        return _without_fields(self._as_asked_for(), self._fields_that_only_show())

    def _fields_that_only_show(self) -> dict[int, Operation]:
        """Return operations without their fields that another one can stand for, by step."""
        program, grammar = self.found.program, self._contract.grammar
        found: dict[int, Operation] = {}
        for number, step in enumerate(program.steps):
            operation = step.operation
            while True:
                for other, without in grammar.alternatives(operation).values():
                    if self._still() and self._shows(_with(program, number, other)):
                        operation = found[number] = without
                        break
                else:
                    break
        return found

    def _shows(self, program: Program) -> bool:
        return self._run(program).divergence is not None

    def _as_asked_for(self) -> Program:
        program = self.found.program
        if self._look is None or program.is_concurrent:
            return program
        client = next((step.client for step in reversed(program.steps)), 0)

        def shown_by(look: Step) -> bool:
            looking = replace(program, steps=(*program.steps, look), looks=Looks.NEVER)
            return self._still() and self._shows(looking)

        observers = self._contract.grammar.observers(program.steps)
        kinds = {each.kind for each in observers if shown_by(Step(each, client))}
        if len(kinds) > 1 or not shown_by(look := Step(self._look, client)):
            return program
        return replace(program, steps=(*program.steps, look), looks=Looks.NEVER)

    def _still(self) -> bool:
        """Tell whether anything more may be run."""
        self._runs_left -= 1
        return not self._lost and self._runs_left >= 0 and perf_counter() < self._until

    def _breaks(self, program: Program) -> bool:
        """Tell whether a program shows it too, and keep it if it is smaller."""
        if not self._still() or self._is_another(program):
            return False
        execution = self._run(program)
        if execution.divergence is None or execution.cut_off or not self._again(program):
            return False
        if self._is_of_another_run(program):
            return False
        if not self._shorter or size_of(program) < size_of(self.found.program):
            self.found = Counterexample(program, execution.divergence)
            self._look = execution.look
        return True

    def _is_of_another_run(self, program: Program) -> bool:
        """Tell whether what a program shows is what another one left in a space of that name.

        Then it leaks from there, which takes two spaces; in a new store it would not be seen.
        """
        if len(program.spaces) > 1 or len(self.found.program.spaces) == 1:
            return False
        (space,) = program.spaces
        new = replace(space, shared_user=False, shared_session=False)
        return new != space and not self._shows(replace(program, spaces=(new,)))

    def _again(self, program: Program) -> bool:
        times = TIMES_AGAIN if program.branches else 0
        return all(self._run(program).divergence is not None for _ in range(times))

    def _run(self, program: Program) -> Execution:
        execution = self._execute(program)
        self._lost = self._lost or bool(execution.blocked)
        return execution


def _with_distinct_values(program: Program, grammar: Grammar) -> Program:
    return replace(
        program,
        steps=tuple(
            replace(step, operation=grammar.distinct(step.operation, number))
            for number, step in enumerate(program.steps)
        ),
    )


def _with(program: Program, number: int, operation: Operation) -> Program:
    steps = [*program.steps]
    steps[number] = replace(steps[number], operation=operation)
    return replace(program, steps=tuple(steps))


def _without_fields(program: Program, operations: Mapping[int, Operation]) -> Program:
    for number, operation in operations.items():
        program = _with(program, number, operation)
    return program


def size_of(program: Program) -> tuple[int, int, int]:
    """Return how large a program is: fewer operations, an earlier fault, a shorter text.

    Args:
        program: the program.
    """
    faults = (vars(step.fault) for step in program.all_steps if step.fault is not None)
    lateness = sum(sum(map(int, fault.values())) for fault in faults)
    return len(program), lateness + len(program.schedule), len(program.to_text())
