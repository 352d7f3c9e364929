"""Every mutant is failed by the rules that it is meant for, and every rule has one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from memcert.engine.certification import Plan, certify
from memcert.engine.corpus import Corpus
from memcert.engine.matrix import PLAN, Row, judge_mutant
from memcert.engine.preflight import preflight
from memcert.engine.program import parse_program
from memcert.engine.rule import Rule
from memcert.engine.session import Session
from memcert.engine.verdict import Finding, Verdict
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS
from memcert.short_term.mutants.kept import Kept
from memcert.short_term.mutants.mutant import backend_of, mutant
from memcert_backends.backend import Backend
from memcert_reference import InMemoryMemory

MOST_OPERATIONS = 4
"""The most operations that a counterexample may have (issue 2 asks for that on average)."""

SOME = (
    "lost-mark",
    "counts-requests",
    "order-by-timestamp",
    "marks-without-case",
    "state-shares-lists",
    "last-of-equal-ids",
    "ghost-marks",
    "summary-cached",
    "key-joined-with-dash",
    "key-normalised",
)
"""Mutants that are judged with several seeds: the quiet ones among them."""


class Silent:
    """Nobody watches."""

    def starts(self, rule: Rule) -> None:
        pass

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        pass


@contextmanager
def judged(backend: Backend) -> Iterator[Session]:
    with Session(CONTRACT, backend) as session:
        preflight(session)
        yield session


def check(row: Row) -> None:
    """Make sure that a mutant is failed as it should be, by programs that say so again."""
    assert row.survived == []
    with judged(row.mutant.backend) as session:
        for verdict in row.verdicts:
            found = verdict.counterexample
            assert found is not None
            assert len(found.program) <= MOST_OPERATIONS, found.program.to_text()
            saved = parse_program(found.program.to_text(), CONTRACT.operations)
            again = session.execute(saved).divergence
            assert again is not None
            assert (again.step, again.operation) == (
                found.divergence.step,
                found.divergence.operation,
            )


@pytest.mark.parametrize("name", MUTANTS)
def test_the_rules_that_a_mutant_is_meant_for_fail_it(name: str) -> None:
    check(judge_mutant(CONTRACT, MUTANTS[name], {}))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", SOME)
def test_so_they_do_with_other_seeds(name: str, seed: int) -> None:
    plan = Plan(budget=PLAN.budget, shrink_seconds=PLAN.shrink_seconds, seed=seed)
    check(judge_mutant(CONTRACT, MUTANTS[name], {}, plan))


def test_every_rule_is_failed_by_a_mutant() -> None:
    meant = {rule for each in MUTANTS.values() for rule in each.kills}
    assert meant == set(CONTRACT.by_id)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_named_as_any_backend_is(name: str) -> None:
    backend = resolve(f"mutant:{name}")
    assert backend == MUTANTS[name].backend
    assert backend.name == backend.specification == f"mutant:{name}"


def test_a_mutant_says_in_one_sentence_what_is_wrong() -> None:
    texts = [each.text for each in MUTANTS.values()]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") for text in texts)


@pytest.mark.parametrize("host", [InMemoryMemory, Kept])
def test_a_host_that_nothing_was_done_to_passes(host: type[InMemoryMemory]) -> None:
    backend = backend_of("host", host)
    with Session(CONTRACT, backend) as session:
        found = certify(session, Plan(budget=0), Corpus(None, "host", CONTRACT), Silent())
    durable = host is Kept
    assert found.capabilities.durable is durable
    assert found.capabilities.full_state
    for verdict in found.verdicts:
        # Another process cannot find a host by name; the test below is about that.
        if verdict.rule != "DUR-05":
            rule = CONTRACT.by_id[verdict.rule]
            expected = {Finding.PASSED} if durable else {Finding.PASSED, Finding.NOT_RUN}
            if not durable and "durable" in rule.needs:
                expected = {Finding.NOT_RUN, Finding.UNSUPPORTED}
            assert verdict.finding in expected, verdict


def test_the_durable_host_is_shared_with_another_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    module = inspect.getmodule(test_the_durable_host_is_shared_with_another_process)
    assert module is not None
    file = f"{tmp_path}/host.py"
    with open(file, "w", encoding="utf-8") as written:  # noqa: PTH123 - one line of text
        written.write(
            "from memcert.short_term.mutants.kept import Kept\n"
            "from memcert.short_term.mutants.mutant import backend_of\n"
            "kept = backend_of('kept', Kept)\n"
        )
    with Session(CONTRACT, resolve(f"{file}:kept")) as session:
        plan = Plan(rules=frozenset({"DUR-05"}), budget=0)
        found = certify(session, plan, Corpus(None, "kept", CONTRACT), Silent())
    assert {each.finding for each in found.verdicts if each.rule == "DUR-05"} == {Finding.PASSED}


def test_two_mutants_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="lost-mark"):
        mutant("lost-mark", "MARK-04")(InMemoryMemory)
