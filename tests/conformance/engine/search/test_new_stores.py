"""What a program leaves in the store is not another one's fault, and nothing is lost by that."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import inf

from hypothesis import strategies as st

from memcert.engine.corpus.corpus import Corpus
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Consequence, Level, Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search.search import Search
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Summarise

LOCK = "l"
"""The summary that locks the store, for good."""


class Lockable:
    """Stands for a session and its store, which may be locked by what was done in it."""

    def __init__(self, fails: Callable[[Program, int], bool] = lambda *_: False) -> None:
        self.earlier: deque[Program] = deque(maxlen=4)
        self.isolates = False
        self.renewed = 0
        self._fails = fails
        self._runs = 0
        self._locked = False

    def renew(self) -> bool:
        self._locked = False
        self.renewed += 1
        return True

    def __call__(self, program: Program) -> Execution:
        if self.isolates:
            self.renew()
        self.earlier.append(program)
        self._runs += 1
        for number, step in enumerate(program.all_steps):
            if self._locked or self._fails(program, self._runs):
                said = Divergence(number, "await memory.size()", "returned 0", "raised Locked")
                return Execution(said, number + 1)
            self._locked = step.operation == Summarise(LOCK)
        return Execution(None, len(program))


def steps(*texts: str) -> tuple[Step, ...]:
    return tuple(Step(Summarise(text)) for text in texts)


def search(store: Lockable, *programs: Program) -> Search:
    rule = Rule("T-01", "text", Level.CORE, Consequence.WRONG, st.nothing)
    contract = replace(CONTRACT, rules=(rule,), corpus=Corpus(None, CONTRACT.operations))
    swept = [Swept(program, (str(number),)) for number, program in enumerate(programs)]
    return Search(rule, contract, store, swept, 0, inf, 0, store=store)


def test_what_an_earlier_program_left_is_shown_with_that_program() -> None:
    store = Lockable()
    programs = [steps(text) for text in ("a", "b", LOCK, "c", "d")]
    cause = search(store, *map(Program, programs)).run()
    assert cause is not None
    found = cause.counterexample
    texts = [getattr(step.operation, "text", "") for step in found.program.steps]
    assert texts[0] == LOCK
    assert len(texts) == 2
    assert len(found.program.spaces) == 2
    assert found.divergence.observed == "raised Locked"
    assert store.isolates


def test_what_fails_in_a_new_store_too_is_its_own() -> None:
    store = Lockable(lambda program, _: len(program) == 1)
    cause = search(store, Program(steps("a"))).run()
    assert cause is not None
    assert len(cause.counterexample.program) == 1
    assert not store.isolates


def test_what_happens_once_and_is_not_explained_is_no_pass() -> None:
    store = Lockable(lambda _, run: run == 2)
    searching = search(store, *(Program(steps(text)) for text in "abc"))
    cause = searching.run()
    # Run again alone it is unstable, which is for the end of the run to say.
    assert cause is not None
    assert searching.tally.cells == 1


def test_what_meets_by_chance_is_not_excused_by_a_run_in_which_it_does_not() -> None:
    racing = Program((), branches=(steps("a"), steps("b")))
    store = Lockable(lambda _, run: run == 1)
    cause = search(store, racing).run()
    assert cause is not None
    assert cause.counterexample.program.branches
    assert store.renewed == 0
    assert not store.isolates
