"""Every mutant is failed by the rules that it is meant for, and every rule has one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memcert.engine.programs.reading import parse_program
from memcert.engine.rule import Faults, Level
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search import smallest
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding
from memcert.repository.matrix import PLAN, MatrixRow, judge_mutant
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS
from memcert.short_term.mutants.mutant import mutant
from memcert_backends.backend import Backend
from memcert_backends.servers import why_not
from memcert_reference import InMemoryMemory

pytestmark = pytest.mark.thorough

MOST_OPERATIONS = 5
"""The most operations that a counterexample may have: an addition, a change, three looks."""

MOST_IN_A_TRIAL = 6
"""The same for level resilient, where it takes two to meet, and those of branches count."""

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
    "summary-with-the-rest",
    "stored-with-the-next",
    "cancelled-together",
    "connection-not-returned",
    "transaction-each",
    "count-of-second-try",
    "marks-afterwards",
)
"""Mutants that are judged with several seeds: the quiet ones among them."""

HOSTS = """
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import backend_of
from memcert.short_term.mutants.networked import Networked
from memcert_reference import InMemoryMemory
from memcert.engine.verdicts.progress import Progress

in_memory = backend_of("in-memory", InMemoryMemory)
kept = backend_of("kept", Kept)
networked = backend_of("networked", Networked, "process")
"""
"""The hosts, in a file by whose name another process finds them."""

TRIALS = frozenset(rule.id for rule in CONTRACT.rules if rule.level is Level.RESILIENT)


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, programs get as small as they can."""
    monkeypatch.setattr(smallest, "SECONDS_TO_SHRINK", 30.0)


@contextmanager
def judged(backend: Backend) -> Iterator[Runner]:
    with Runner(CONTRACT, backend) as runner:
        preflight(runner)
        yield runner


def need_store(backend: Backend) -> None:
    """Skip the test where the backend's store cannot be had, but fail in CI."""
    reason = backend.way and backend.store and why_not(backend.store, backend.way)
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI expects it: {reason}")
    if reason:
        pytest.skip(f"MUTANTS OF A SERVER ARE NOT TESTED: {reason}")


def check(row: MatrixRow) -> None:
    """Make sure that a mutant is failed as it should be, by programs that say so again."""
    assert row.survived == []
    with judged(row.mutant.backend) as runner:
        for verdict in row.verdicts:
            found = verdict.counterexample
            assert found is not None
            if found.program.branches:
                # Operations meet as the machine, and the server, let them: what is smallest, and
                # whether it is seen again at once, is chance. That it is found is not.
                continue
            most = MOST_IN_A_TRIAL if verdict.rule in TRIALS else MOST_OPERATIONS
            assert len(found.program) <= most, found.program.to_text()
            saved = parse_program(found.program.to_text(), CONTRACT.operations)
            again = runner.execute(saved).divergence
            assert again is not None
            assert (again.step, again.operation) == (
                found.divergence.step,
                found.divergence.operation,
            )


@pytest.mark.parametrize("name", MUTANTS)
def test_the_rules_that_a_mutant_is_meant_for_fail_it(name: str) -> None:
    need_store(MUTANTS[name].backend)
    check(judge_mutant(CONTRACT, MUTANTS[name], {}))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", SOME)
def test_so_they_do_with_other_seeds(name: str, seed: int) -> None:
    need_store(MUTANTS[name].backend)
    plan = Plan(simpler=PLAN.simpler, seed=seed)
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


@pytest.fixture
def hosts(tmp_path: Path) -> str:
    """Return the name of the file that names the hosts."""
    file = tmp_path / "hosts.py"
    file.write_text(HOSTS, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("host", ["in_memory", "kept"])
def test_a_host_that_nothing_was_done_to_passes(host: str, hosts: str) -> None:
    with Runner(CONTRACT, resolve(f"{hosts}:{host}")) as runner:
        found = certify(runner, Plan(), SavedFailures(None, "host", CONTRACT), Progress())
    assert found.capabilities.durable is (host == "kept")
    assert found.capabilities.full_state
    for verdict in found.verdicts:
        rule = CONTRACT.by_id[verdict.rule]
        if host == "in_memory" and "durable" in rule.needs:
            assert verdict.finding in {Finding.NOT_RUN, Finding.UNSUPPORTED}, verdict
        elif host == "in_memory" and rule.level not in {Level.CORE, None}:
            assert verdict.finding in {Finding.PASSED, Finding.NOT_RUN}, verdict
        elif found.capabilities.pointless(rule.needs):
            assert verdict.finding is Finding.NOT_APPLICABLE, verdict
        elif "expiry" in rule.needs:
            assert verdict.finding is Finding.UNSUPPORTED, verdict
        elif rule.faults is not Faults.NONE:
            # It never waits, and is done before anything can go wrong.
            assert verdict.finding in {Finding.PASSED, Finding.NOT_RUN}, verdict
        else:
            assert verdict.finding is Finding.PASSED, verdict


def test_the_host_on_a_server_passes_what_is_asked_of_one(hosts: str) -> None:
    backend = resolve(f"{hosts}:networked")
    need_store(backend)
    rules = frozenset(rule.id for rule in CONTRACT.rules if rule.level not in {Level.CORE, None})
    with Runner(CONTRACT, backend) as runner:
        plan = Plan(rules=rules)
        found = certify(runner, plan, SavedFailures(None, "host", CONTRACT), Progress())
    verdicts = [verdict for verdict in found.verdicts if verdict.rule in rules]
    assert {verdict.rule for verdict in verdicts} >= TRIALS
    assert [each for each in verdicts if each.finding is not Finding.PASSED] == []


def test_a_mutant_says_how_its_store_is_started_unless_it_is_asked_otherwise() -> None:
    backend = MUTANTS["nothing-on-disk"].backend
    need_store(backend)
    for asked, way in ((None, "process"), ("embedded", "embedded")):
        with Runner(CONTRACT, backend, asked) as runner:
            assert runner.subject.server is not None
            assert runner.subject.server.how == way


def test_the_mutants_are_there_without_a_driver() -> None:
    script = (
        "import sys\n"
        "sys.modules['redis'] = None\n"
        "from memcert.short_term import CONTRACT\n"
        "from memcert.short_term.mutants import MUTANTS\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_two_mutants_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="lost-mark"):
        mutant("lost-mark", "MARK-04")(InMemoryMemory)
