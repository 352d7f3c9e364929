"""One rule's verdict, which the command line and the pytest plugin both go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import inf

import pytest

from memcert.engine.capabilities import Capabilities
from memcert.engine.contract import Contract
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Faults, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.check import Check, alone, check_rule
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding
from memcert.resolver import as_backend
from memcert.short_term.capabilities import ShortTermCapabilities
from memcert.short_term.operations import Delete, Size
from memcert_reference import InMemoryMemory

PLAN = Plan()


class CountsRequests(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


@pytest.fixture
def runner(contract: Contract) -> Iterator[Runner]:
    with Runner(contract, as_backend(InMemoryMemory, "tiny")) as runner:
        preflight(runner)
        yield runner


def checked(
    rule: Rule, runner: Runner, capabilities: Capabilities, deviation: Deviation | None = None
) -> Check:
    corpus = SavedFailures(None, "tiny", runner.subject.contract)
    return check_rule(rule, runner, corpus, PLAN, inf, capabilities, deviation)


def test_a_rule_that_is_kept(runner: Runner, contract: Contract) -> None:
    check = checked(contract.by_id["ADD-01"], runner, runner.subject.capabilities)
    assert (check.verdict.finding, check.verdict.reason) == (Finding.PASSED, "")
    # Hypothesis begins with the simplest one, which finds next to nothing.
    drawn = 1 + Effort.STANDARD.programs_for(contract.by_id["ADD-01"])
    assert check.verdict.programs == check.tally.programs == drawn
    assert check.blocked == ""


def test_a_rule_that_is_broken_fails_or_deviates(contract: Contract) -> None:
    rule = contract.by_id["DEL-01"]
    program = Program((Step(Delete(("unknown",))),))
    known = Deviation("DEL-01", "because", "link", date.max, program)
    with Runner(contract, as_backend(CountsRequests, "tiny")) as runner:
        preflight(runner)
        found = checked(rule, runner, runner.subject.capabilities).verdict
        assert found.finding is Finding.FAILED
        assert found.counterexample is not None
        found = checked(rule, runner, runner.subject.capabilities, known).verdict
        assert (found.finding, found.reason, found.programs) == (Finding.DEVIATES, "because", 1)


class Forgetful(InMemoryMemory):
    """Counts a deletion wrong, but only so often."""

    wrong = 0

    async def delete(self, msg_ids: list[str]) -> int:
        number = await super().delete(msg_ids)
        if number == 0 and Forgetful.wrong:
            Forgetful.wrong -= 1
            return 7
        return number


@pytest.mark.parametrize(("again", "finding"), [(0, Finding.UNSTABLE), (1, Finding.FAILED)])
def test_a_failure_that_does_not_happen_again_is_unstable(
    contract: Contract, again: int, finding: Finding
) -> None:
    with Runner(contract, as_backend(Forgetful, "tiny")) as runner:
        preflight(runner)
        Forgetful.wrong = 1
        found = checked(contract.by_id["DEL-01"], runner, runner.subject.capabilities).verdict
        assert found.finding is Finding.FAILED
        Forgetful.wrong = again
        verdict = alone(found, runner, inf)
    assert verdict.finding is finding
    assert verdict.counterexample == found.counterexample
    assert bool(verdict.reason) is (finding is Finding.UNSTABLE)


def test_a_rule_that_is_kept_is_not_run_again(runner: Runner, contract: Contract) -> None:
    verdict = checked(contract.by_id["ADD-01"], runner, runner.subject.capabilities).verdict
    assert alone(verdict, runner, inf) is verdict


def test_what_the_backend_cannot_do_is_not_tried(runner: Runner, contract: Contract) -> None:
    rule = replace(contract.by_id["ADD-01"], needs=frozenset({"crash"}))
    for capabilities, finding, reason in (
        (
            ShortTermCapabilities(),
            Finding.UNSUPPORTED,
            "the backend is not on a store that the kit can kill (--server process)",
        ),
        (
            ShortTermCapabilities(file=True),
            Finding.NOT_APPLICABLE,
            "the store is a file: there is no server, and no connection to it",
        ),
    ):
        check = checked(rule, runner, capabilities)
        assert (check.verdict.finding, check.verdict.reason) == (finding, reason)
        assert check.tally.programs == 0


@pytest.mark.parametrize(
    ("process_local", "reason"),
    [
        (False, "the backend is not known by a name that another process can open"),
        (True, "the backend is not open to another process: it declares its data process-local"),
    ],
)
def test_why_no_other_process_is_tried(
    runner: Runner, contract: Contract, process_local: bool, reason: str
) -> None:
    rule = replace(contract.by_id["ADD-01"], needs=frozenset({"other_process"}))
    verdict = checked(rule, runner, ShortTermCapabilities(process_local=process_local)).verdict
    assert (verdict.finding, verdict.reason) == (Finding.UNSUPPORTED, reason)


def test_cells_that_take_another_process_are_left_out(runner: Runner, contract: Contract) -> None:
    here = Swept(Program((Step(Size()),)), ("here",))
    elsewhere = Swept(Program((Step(Size()),), clients=(Client(process=True),)), ("elsewhere",))
    rule = replace(contract.by_id["ADD-01"], sweep=lambda: [here, elsewhere])
    verdict = checked(rule, runner, ShortTermCapabilities(process_local=True)).verdict
    assert (verdict.finding, verdict.cells, verdict.cells_in_all) == (Finding.PASSED, 1, 1)


def test_one_that_is_checked_in_part_says_so(runner: Runner, contract: Contract) -> None:
    rule = replace(contract.by_id["ADD-01"], better_with=frozenset({"pool"}))
    verdict = checked(rule, runner, ShortTermCapabilities()).verdict
    assert verdict.finding is Finding.PASSED
    assert (
        verdict.reason == "in part: the backend is not one that declares a pool of connections"
        " to share"
    )
    assert checked(rule, runner, ShortTermCapabilities(pool=True)).verdict.reason == ""


def test_nothing_is_known_where_nothing_went_wrong(runner: Runner, contract: Contract) -> None:
    rule = replace(contract.by_id["ADD-01"], faults=Faults.NEEDED)
    verdict = checked(rule, runner, ShortTermCapabilities()).verdict
    assert verdict.finding is Finding.NOT_RUN
    assert verdict.reason == "nothing went wrong in any of its programs"
