"""A search beside what is known: what fails for that alone is no news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from hypothesis import strategies as st

from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.causes.form import form_of
from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks, Program, Step
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Consequence, Level, Rule
from memcert.engine.running.execution import Execution
from memcert.engine.search import search as search_module
from memcert.engine.search.search import Search
from memcert.engine.verdicts.check import judge
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Counterexample, Finding, Verdict
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, Summarise

ADD = Add((Message("m0"),))
DELETE = Delete(("m0",))

Breaks = Callable[[set[str]], bool]


def program(*operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)), looks=Looks.NEVER)


def known_causes(*programs: Program, **fields: Any) -> KnownCauses:
    known = KnownCauses(CONTRACT.grammar, CONTRACT.observations)
    for number, each in enumerate(programs):
        found = Counterexample(each, Divergence(0, "look", "this", "that"))
        form = form_of(each, CONTRACT.grammar)
        rule = f"KNOWN-0{number}"
        known.add(Cause(form, rule, rule, found, Consequence.WRONG, **fields))
    return known


class Executed:
    """Stands for a session: notes which kinds of operations are run, and where it diverges."""

    def __init__(self, breaks: Breaks) -> None:
        self.programs: list[list[str]] = []
        self._breaks = breaks

    def __call__(self, program: Program) -> Execution:
        kinds = [step.operation.kind for step in program.steps]
        self.programs.append(kinds)
        divergence = Divergence(len(kinds) - 1, "look", "this", "that")
        return Execution(divergence if self._breaks({*kinds}) else None, len(kinds))


def search(
    run: Executed, known: KnownCauses, *programs: Program, drawn: int = 0, **fields: Any
) -> Search:
    rule = Rule("T-01", "text", Level.CORE, Consequence.WRONG, lambda: st.just(programs[-1]))
    contract: Contract = replace(CONTRACT, rules=(rule,), corpus=Corpus(None, CONTRACT.operations))
    swept = [Swept(each, (str(number),)) for number, each in enumerate(programs)]
    return Search(rule, contract, run, swept, 0, inf, drawn, known=known, **fields)


def verdict(searching: Search) -> Verdict:
    return judge(searching, SavedFailures(None, "tiny", CONTRACT))


def test_what_fails_for_what_is_known_alone_is_hidden() -> None:
    run = Executed(lambda kinds: "add" in kinds)
    searching = search(run, known_causes(program(ADD)), program(Size(), ADD), program(Size()))
    found = verdict(searching)
    assert (found.finding, found.reason) == (Finding.HIDDEN, "behind KNOWN-00")
    assert found.counterexample is None
    # What is left of it is tried, and then the rest of the sweep.
    assert run.programs == [["size", "add"], ["size"], ["size"]]
    assert (found.cells, found.cells_in_all) == (1, 2)
    assert [each.rule for each in searching.causes] == ["KNOWN-00"]


def test_what_fails_without_it_too_is_news() -> None:
    run = Executed(lambda kinds: bool(kinds & {"add", "clear"}))
    searching = search(run, known_causes(program(ADD)), program(Clear(), Size(), ADD))
    found = verdict(searching)
    assert found.finding is Finding.FAILED
    assert found.counterexample is not None
    assert [step.operation for step in found.counterexample.program.steps] == [Clear()]
    assert [each.rule for each in searching.causes] == ["T-01", "KNOWN-00"]


def test_what_contains_it_and_does_not_fail_is_kept() -> None:
    run = Executed(lambda _: False)
    found = verdict(search(run, known_causes(program(ADD)), program(Size(), ADD)))
    assert found.finding is Finding.PASSED
    assert run.programs == [["size", "add"]]


def test_it_is_made_small_without_becoming_what_is_known() -> None:
    run = Executed(lambda kinds: "add" in kinds)
    for known, looks in (([], Looks.ALWAYS), ([program(ADD, Read())], Looks.NEVER)):
        found = verdict(search(run, known_causes(*known), program(DELETE, ADD, Size())))
        assert found.finding is Finding.FAILED
        assert found.counterexample is not None
        # With looks at the state it would hold what is known.
        assert found.counterexample.program == replace(program(ADD), looks=looks)


def test_several_are_hidden_behind() -> None:
    run = Executed(lambda kinds: bool(kinds & {"add", "clear"}))
    known = known_causes(program(ADD), program(Clear()))
    found = verdict(search(run, known, program(ADD), program(Clear()), program(Size())))
    assert (found.finding, found.reason) == (Finding.HIDDEN, "behind KNOWN-00, KNOWN-01")
    # Nothing is left of them that could be run.
    assert run.programs == [["add"], ["clear"], ["size"]]


def test_what_is_known_to_take_long_is_not_waited_for_again() -> None:
    run = Executed(lambda kinds: "add" in kinds)
    known = known_causes(program(ADD), costly=True)
    found = verdict(search(run, known, program(Size(), ADD), program(ADD)))
    assert found.finding is Finding.HIDDEN
    assert run.programs == [["size"]]


def test_what_takes_long_is_costly(monkeypatch: Any) -> None:
    for seconds, costly in ((0.0, True), (60.0, False)):
        monkeypatch.setattr(search_module, "COSTLY_SECONDS", seconds)
        cause = search(Executed(lambda _: True), known_causes(), program(ADD)).run()
        assert cause is not None
        assert cause.costly is costly


def test_what_shows_it_as_it_stands_is_about_it() -> None:
    known = known_causes(program(ADD, ADD))
    (cause,) = known
    cases: Sequence[tuple[Sequence[Program], bool]] = [
        ([program(ADD, ADD)], True),
        ([program(Add((Message("m7"), Message("m7"))))], True),
        ([program(ADD, Size(), ADD)], False),
        ([program(ADD, Add((Message("m0"),), ("a",)))], False),
        ([program(ADD, Size(), ADD), program(ADD, ADD)], True),
    ]
    for programs, is_about in cases:
        searching = search(Twice(), known, *programs)
        assert verdict(searching).finding is Finding.HIDDEN
        assert (cause.form.key in searching.is_about) is is_about, programs


def test_who_finds_it_is_about_it_if_a_later_program_is() -> None:
    """As whoever comes upon it when it is known, and goes through all of its programs."""
    for programs in (
        [program(ADD, Summarise("s"), ADD), program(ADD, ADD)],
        [program(ADD, ADD), program(ADD, Summarise("s"), ADD)],
    ):
        twice = Twice()
        searching = search(twice, known_causes(), *programs)
        cause = searching.run()
        assert cause is not None
        assert searching.is_about == {cause.form.key}


class Twice(Executed):
    """Diverges where there are two additions."""

    def __init__(self) -> None:
        super().__init__(lambda _: False)

    def __call__(self, program: Program) -> Execution:
        ids = [
            message.id
            for step in program.steps
            if isinstance(step.operation, Add) and isinstance(step.operation.messages, tuple)
            for message in step.operation.messages
        ]
        self._breaks = lambda _: len(ids) > 1
        return super().__call__(program)


def test_what_chance_draws_is_not_what_a_rule_is_about() -> None:
    known = known_causes(program(ADD))
    rule_programs = (program(Size()), program(ADD))
    searching = search(
        Executed(lambda kinds: "add" in kinds), known, *rule_programs, part=[], drawn=3
    )
    searching.run()
    assert searching.hidden_behind
    assert not searching.is_about


def test_who_has_enough_runs_no_more() -> None:
    run = Executed(lambda _: False)
    found = verdict(search(run, known_causes(), program(ADD), is_enough=lambda: True))
    assert (found.finding, found.reason) == (
        Finding.NOT_RUN,
        "the run ended with the first cause",
    )
    assert run.programs == []
