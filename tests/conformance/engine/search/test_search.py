"""Looking for a program that breaks a rule."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.corpus.corpus import Corpus
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Consequence, Level, Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search import smallest
from memcert.engine.search.search import Search
from memcert.engine.verdicts.check import judge
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Counterexample, Finding
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
    swept: Sequence[Swept] = (),
    seed: int = 0,
    seconds: float = 60.0,
    drawn: int = 199,
    first: Sequence[Program] = (),
    **fields: Any,
) -> Search:
    rule = Rule("T-01", "text", Level.CORE, Consequence.WRONG, lambda: programs)
    contract = replace(CONTRACT, rules=(rule,), corpus=Corpus(None, CONTRACT.operations))
    until = perf_counter() + seconds
    return Search(rule, contract, run, swept, seed, until, drawn, first=first, **fields)


def found_by(searching: Search) -> Counterexample | None:
    cause = searching.run()
    return None if cause is None else cause.counterexample


def cell(*texts: str) -> Swept:
    return Swept(program(*texts), ("+".join(texts),))


def test_it_finds_and_makes_small() -> None:
    found = found_by(search(Executed(lambda texts: texts.count("b") >= 2)))
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
    found = found_by(search(Executed(lambda texts: "cab" in "".join(texts))))
    assert found is not None
    assert texts_of(found.program) == ["c", "a", "b"]


def test_it_finds_nothing_where_nothing_is() -> None:
    run = Executed(lambda _: False)
    looking = search(run)
    assert looking.run() is None
    assert looking.tally.programs == looking.tally.drawn == len(run.programs) == 200
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


@pytest.mark.parametrize("drawn", [1, 5])
def test_it_draws_as_many_as_it_is_told_after_the_simplest_one(drawn: int) -> None:
    run = Executed(lambda _: False)
    looking = search(run, drawn=drawn)
    assert looking.run() is None
    assert len(run.programs) == looking.tally.drawn == drawn + 1


def test_none_is_drawn_with_no_effort() -> None:
    run = Executed(lambda _: False)
    looking = search(run, drawn=0, swept=[cell("a")])
    assert looking.run() is None
    assert run.programs == [["a"]]
    assert (looking.tally.cells, looking.cells_in_all, looking.tally.drawn) == (1, 1, 0)


def test_the_sweep_comes_before_what_is_drawn() -> None:
    run = Executed(lambda _: False)
    looking = search(run, swept=[cell("b", "a"), cell("c")], first=[program("known")])
    looking.run()
    assert run.programs[:3] == [["known"], ["b", "a"], ["c"]]
    assert looking.tally.cells == looking.cells_in_all == 2
    assert judge(looking, NO_CORPUS).finding is Finding.PASSED


def test_a_dense_program_that_differs_is_taken_apart() -> None:
    run = Executed(lambda texts: "d" in texts)
    looking = search(run, swept=[cell("a"), cell(*"abcdefgh"), cell("z")])
    found = found_by(looking)
    assert found is not None
    assert texts_of(found.program) == ["d"]
    assert (looking.tally.cells, looking.tally.programs) == (1, 2)
    assert ["z"] not in run.programs


def test_a_part_of_the_sweep_says_how_much_it_was() -> None:
    run = Executed(lambda _: False)
    swept = [cell("a"), cell("b")]
    verdict = judge(search(run, swept=swept, drawn=0, part=swept[:1]), NO_CORPUS)
    assert run.programs == [["a"]]
    assert (verdict.finding, verdict.cells, verdict.cells_in_all) == (Finding.KEPT_SO_FAR, 1, 2)
    assert verdict.reason == "1 of 2 cells were tried"


def test_no_part_of_the_sweep_is_no_pass() -> None:
    run = Executed(lambda _: False)
    verdict = judge(search(run, swept=[cell("a")], drawn=0, part=[]), NO_CORPUS)
    assert (verdict.finding, verdict.reason) == (Finding.NOT_RUN, "quick effort leaves it out")


def test_a_swept_program_that_failed_before_is_not_run_twice() -> None:
    run = Executed(lambda _: False)
    looking = search(run, swept=[cell("a"), cell("b")], first=[program("a")], drawn=0)
    assert judge(looking, NO_CORPUS).finding is Finding.PASSED
    assert run.programs == [["a"], ["b"]]
    assert looking.tally.cells == 2


def test_a_fault_is_met_until_there_is_no_further_place() -> None:
    """An operation of seven places: two programs of three meet it everywhere, a third one once."""
    firsts = []

    def run(program: Program) -> Execution:
        first = int(texts_of(program)[0])
        firsts.append(first)
        return Execution(operations=3, faults=max(0, min(3, 7 - first)))

    series = Swept(program("0"), ("each",), next=lambda place: program(str(place)), places=3)
    looking = search(run, swept=[series], drawn=0)
    assert looking.run() is None
    assert firsts == [0, 3, 6]
    assert (looking.tally.cells, looking.tally.faults) == (1, 7)


def test_an_operation_without_a_last_place_is_not_covered() -> None:
    series = Swept(program("0"), ("each",), next=lambda place: program(str(place)), places=8)
    looking = search(lambda _: Execution(operations=8, faults=8), swept=[series], drawn=0)
    verdict = judge(looking, NO_CORPUS)
    assert (verdict.finding, verdict.cells) == (Finding.NOT_RUN, 0)
    assert verdict.reason == "only 0 of 1 cell could be judged"


def test_a_program_that_cannot_be_judged_covers_nothing() -> None:
    def run(program: Program) -> Execution:
        return Execution(operations=1, undecided=texts_of(program) == ["b"])

    looking = search(run, swept=[cell("a"), cell("b"), cell("c")], drawn=0)
    verdict = judge(looking, NO_CORPUS)
    assert (verdict.finding, verdict.cells, verdict.cells_in_all) == (Finding.NOT_RUN, 2, 3)


def test_what_the_time_cuts_off_is_not_run() -> None:
    run = Executed(lambda _: False, seconds=0.05)
    looking = search(run, seconds=0.12, swept=[cell(str(number)) for number in range(100)])
    verdict = judge(looking, NO_CORPUS)
    assert verdict.finding is Finding.NOT_RUN
    assert 0 < verdict.cells < 100
    assert verdict.reason == f"the time was used up after {verdict.cells} of 100 cells"


def test_a_program_that_was_cut_off_says_nothing() -> None:
    looking = search(lambda _: Execution(cut_off=True), swept=[cell("a")])
    verdict = judge(looking, NO_CORPUS)
    assert (verdict.finding, verdict.programs, verdict.cells) == (Finding.NOT_RUN, 0, 0)
    assert verdict.reason == "the time was used up after 0 of 1 cell"


def test_making_it_smaller_takes_so_many_runs_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smallest, "RUNS_TO_LEAVE_OUT", 7)
    monkeypatch.setattr(smallest, "RUNS_TO_SIMPLIFY", 5)
    run = Executed(lambda texts: len(texts) >= 2)
    looking = search(run)
    assert looking.run() is not None
    assert len(run.programs) <= looking.tally.programs + 7 + 5


def test_making_it_smaller_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smallest, "SECONDS_TO_SHRINK", 0.1)
    run = Executed(lambda texts: len(texts) >= 2, seconds=0.02)
    started = perf_counter()
    found = found_by(search(run))
    assert found is not None
    assert len(found.program) >= 2
    assert perf_counter() - started < 5


def test_what_failed_before_is_run_first() -> None:
    run = Executed(lambda texts: texts == ["known"])
    looking = search(run, first=[program("fixed"), program("known"), program("later")])
    found = found_by(looking)
    assert found is not None
    assert texts_of(found.program) == ["known"]
    assert run.programs[:2] == [["fixed"], ["known"]]
    # What comes after it is run to make it smaller.
    assert ["later"] not in run.programs
    assert looking.tally.programs == 2


def test_what_failed_before_and_no_longer_fails_is_followed_by_new_ones() -> None:
    run = Executed(lambda _: False)
    search(run, first=[program("fixed")], drawn=7).run()
    assert run.programs[0] == ["fixed"]
    assert len(run.programs) == 1 + 8


@pytest.mark.parametrize(
    "programs",
    [st.nothing(), TEXTS.filter(lambda _: False)],
    ids=["nothing", "filtered"],
)
def test_a_rule_without_a_program_is_not_run_and_never_passes(
    programs: SearchStrategy[Program],
) -> None:
    verdict = judge(search(Executed(lambda _: False), programs=programs), NO_CORPUS)
    assert verdict.finding is Finding.NOT_RUN
    assert verdict.programs == 0
    assert verdict.reason


def test_a_program_that_fails_once_has_failed() -> None:
    seen: list[list[str]] = []

    def breaks(texts: list[str]) -> bool:
        seen.append(texts)
        return len(seen) == 5

    verdict = judge(search(Executed(breaks)), NO_CORPUS)
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


def test_other_modules_do_not_change_what_is_drawn(tmp_path: Path) -> None:
    """Hypothesis draws the constants of local modules by itself, such as this number."""
    module = tmp_path / "local_constants.py"
    module.write_text("NUMBERS = [" + ", ".join(str(7_700_000 + n) for n in range(200)) + "]")
    numbers = st.lists(st.integers(), min_size=20).map(lambda drawn: program(*map(str, drawn)))
    runs = [Executed(lambda _: False) for _ in range(2)]
    search(runs[0], programs=numbers).run()
    specification = importlib.util.spec_from_file_location("local_constants", module)
    assert specification is not None
    assert specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    sys.modules["local_constants"] = loaded
    try:
        specification.loader.exec_module(loaded)
        search(runs[1], programs=numbers).run()
    finally:
        del sys.modules["local_constants"]
    assert runs[0].programs == runs[1].programs
