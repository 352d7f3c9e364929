"""Looking for a program that breaks a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter, sleep
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search.search import Search
from memcert.engine.verdicts.certification import judge
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Summarise

NO_CORPUS = SavedFailures(None, "tiny", CONTRACT)


def program(*texts: str) -> Program:
    return Program(tuple(Step(Summarise(text)) for text in texts))


def texts_of(found: Program) -> list[str]:
    return [step.operation.text for step in found.steps if isinstance(step.operation, Summarise)]


TEXTS = st.lists(st.sampled_from("abc"), max_size=12).map(lambda texts: program(*texts))


class Executed:
    """Stands for a session: notes what is run, and diverges where it is told to."""

    def __init__(self, breaks: Callable[[list[str]], bool], seconds: float = 0.0) -> None:
        self.programs: list[list[str]] = []
        self._breaks = breaks
        self._seconds = seconds

    def __call__(self, program: Program) -> Execution:
        sleep(self._seconds)
        self.programs.append(texts_of(program))
        broken = self._breaks(self.programs[-1])
        divergence = Divergence(len(program) - 1, "look", "this", "that") if broken else None
        return Execution(divergence, len(program), 2 * len(program), 0.25)


def search(
    run: Callable[[Program], Execution],
    *,
    programs: SearchStrategy[Program] = TEXTS,
    seed: int = 0,
    budget: float = 60.0,
    shrink_seconds: float = 5.0,
    first: Sequence[Program] = (),
    **fields: Any,
) -> Search:
    bounds = {"programs_at_least": 8, "programs_at_most": 200} | fields
    rule = Rule("T-01", "text", Level.CORE, Consequence.WRONG, lambda: programs, **bounds)
    return Search(rule, run, seed, perf_counter() + budget, shrink_seconds, first)


def test_it_finds_and_makes_small() -> None:
    found = search(Executed(lambda texts: texts.count("b") >= 2)).run()
    assert found is not None
    assert texts_of(found.program) == ["b", "b"]
    assert found.divergence == Divergence(1, "look", "this", "that")


@pytest.mark.parametrize("first", [(), (program("b"),)], ids=["drawn", "kept"])
def test_one_that_blocks_the_loop_is_run_once(first: Sequence[Program]) -> None:
    run = Executed(lambda _: True)

    def blocked(program: Program) -> Execution:
        return replace(run(program), blocked="look")

    searching = search(blocked, first=first)
    assert searching.run() is not None
    assert searching.blocked == "look"
    assert len(run.programs) == 1


def test_one_that_blocks_the_loop_while_it_is_made_small_ends_that() -> None:
    run = Executed(lambda _: True)

    def blocked(program: Program) -> Execution:
        execution = run(program)
        return replace(execution, blocked="look") if len(run.programs) == 3 else execution

    searching = search(blocked, first=[program("a", "b", "c", "a")])
    assert searching.run() is not None
    assert searching.blocked == "look"
    assert len(run.programs) == 3


def test_the_order_of_two_operations_is_kept() -> None:
    found = search(Executed(lambda texts: "cab" in "".join(texts))).run()
    assert found is not None
    assert texts_of(found.program) == ["c", "a", "b"]


def test_it_finds_nothing_where_nothing_is() -> None:
    run = Executed(lambda _: False)
    looking = search(run)
    assert looking.run() is None
    assert looking.tally.programs == len(run.programs) == 200
    assert looking.tally.operations == sum(map(len, run.programs))
    assert looking.tally.observations == 2 * looking.tally.operations
    assert looking.tally.backend_seconds == 50.0


def test_long_programs_are_counted() -> None:
    long = program(*"a" * 20)
    looking = search(Executed(lambda _: False), programs=st.sampled_from([program("a"), long]))
    looking.run()
    assert 0 < looking.tally.long_programs < looking.tally.programs


def test_what_is_run_to_make_a_program_smaller_is_not_counted() -> None:
    run = Executed(lambda texts: len(texts) >= 3)
    looking = search(run)
    looking.run()
    first = next(number for number, texts in enumerate(run.programs) if len(texts) >= 3)
    assert looking.tally.programs == first + 1 < len(run.programs)
    assert looking.tally.operations == sum(map(len, run.programs[: first + 1]))


def test_without_time_it_runs_as_many_as_the_rule_says() -> None:
    run = Executed(lambda _: False)
    assert search(run, budget=-1, programs_at_least=5).run() is None
    assert len(run.programs) == 5


def test_time_that_is_used_up_ends_it() -> None:
    run = Executed(lambda _: False, seconds=0.01)
    search(run, budget=0.15, programs_at_least=2).run()
    assert 2 <= len(run.programs) < 100


def test_making_it_smaller_ends_with_its_time() -> None:
    run = Executed(lambda texts: len(texts) >= 2, seconds=0.02)
    started = perf_counter()
    found = search(run, shrink_seconds=0.1).run()
    assert found is not None
    assert len(found.program) >= 2
    assert perf_counter() - started < 5


def test_what_failed_before_is_run_first() -> None:
    run = Executed(lambda texts: texts == ["known"])
    looking = search(run, first=[program("fixed"), program("known"), program("later")])
    found = looking.run()
    assert found is not None
    assert texts_of(found.program) == ["known"]
    assert run.programs == [["fixed"], ["known"]]
    assert looking.tally.programs == 2


def test_what_failed_before_and_no_longer_fails_is_followed_by_new_ones() -> None:
    run = Executed(lambda _: False)
    search(run, first=[program("fixed")], budget=-1).run()
    assert run.programs[0] == ["fixed"]
    assert len(run.programs) == 8


@pytest.mark.parametrize(
    "programs",
    [st.nothing(), TEXTS.filter(lambda _: False)],
    ids=["nothing", "filtered"],
)
def test_a_rule_without_a_program_is_not_run_and_never_passes(
    programs: SearchStrategy[Program],
) -> None:
    verdict, _ = judge(search(Executed(lambda _: False), programs=programs), NO_CORPUS)
    assert verdict.finding is Finding.NOT_RUN
    assert verdict.programs == 0
    assert verdict.reason


def test_a_program_that_fails_once_has_failed() -> None:
    seen: list[list[str]] = []

    def breaks(texts: list[str]) -> bool:
        seen.append(texts)
        return len(seen) == 5

    verdict, _ = judge(search(Executed(breaks)), NO_CORPUS)
    assert verdict.finding is Finding.FAILED
    assert verdict.counterexample is not None
    assert texts_of(verdict.counterexample.program) == seen[4]


def test_a_fault_of_the_kit_is_not_a_verdict() -> None:
    def run(_: Program) -> Execution:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        judge(search(run), NO_CORPUS)


def test_the_same_seed_gives_the_same_programs() -> None:
    runs = [Executed(lambda _: False) for _ in range(3)]
    for run, seed in zip(runs, (1, 1, 2), strict=True):
        search(run, seed=seed).run()
    same, again, other = (run.programs for run in runs)
    assert same == again
    assert same != other
