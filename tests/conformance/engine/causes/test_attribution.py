"""Each cause is said once, fails the rules that show it as it stands, and hides the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.causes.form import Form, form_of
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.engine.rule import Consequence
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.attribution import FoundCause, attributed
from memcert.engine.verdicts.certification import Certification, certify
from memcert.engine.verdicts.check import Check
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Counterexample, Finding, Verdict
from memcert.engine.verdicts.verification import faults
from memcert.resolver import as_backend, resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Size
from memcert_reference import InMemoryMemory

RULES = tuple(CONTRACT.by_id[each] for each in ("ADD-01", "ADD-04", "CLR-01", "ISO-01", "MIX-01"))

LOST = Divergence(0, "look", "this", "that")


def cause(rule: str, *operations: Any, found_by: str = "", **fields: Any) -> Cause:
    program = Program(tuple(map(Step, operations)))
    found = Counterexample(program, LOST)
    consequence = fields.pop("consequence", Consequence.WRONG)
    form = form_of(program, CONTRACT.grammar)
    return Cause(form, rule, found_by or rule, found, consequence, **fields)


ADDING = cause("ADD-01", Add((Message("m0"),)))
CLEARING = cause("CLR-01", Clear())


def check(
    rule: str, finding: Finding, *causes: Cause, about: Collection[Cause] = (), **fields: Any
) -> Check:
    own = causes[0].counterexample if finding is not Finding.HIDDEN and causes else None
    verdict = Verdict(rule, finding, counterexample=own, **fields)
    return Check(verdict, causes=causes, is_about=frozenset(each.form.key for each in about))


def said(
    *checks: Check, deviations: Sequence[Deviation] = ()
) -> tuple[Mapping[str, Verdict], Sequence[FoundCause]]:
    checked = {each.verdict.rule: each for each in checks}
    found = {rule: each.verdict for rule, each in checked.items()}
    return attributed(replace(CONTRACT, rules=RULES), found, checked, deviations)


def findings(verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    return {rule: each.finding.value for rule, each in verdicts.items()}


def test_it_fails_the_rule_that_shows_it_and_hides_the_one_that_found_it() -> None:
    verdicts, (found,) = said(
        check("MIX-01", Finding.FAILED, ADDING),
        check("ADD-01", Finding.HIDDEN, ADDING, about=[ADDING], reason="behind ADD-01"),
        check("ADD-04", Finding.HIDDEN, ADDING),
        check("CLR-01", Finding.PASSED),
    )
    assert findings(verdicts) == {
        "MIX-01": "hidden",
        "ADD-01": "failed",
        "ADD-04": "hidden",
        "CLR-01": "passed",
    }
    assert verdicts["ADD-01"].counterexample == ADDING.counterexample
    assert (verdicts["ADD-01"].reason, verdicts["MIX-01"].reason) == ("", "behind ADD-01")
    assert verdicts["MIX-01"].counterexample is None
    assert (found.fails, found.hides) == (["ADD-01"], ["ADD-04", "MIX-01"])


def test_it_fails_every_rule_that_shows_it() -> None:
    verdicts, (found,) = said(
        check("ADD-01", Finding.FAILED, ADDING, about=[ADDING]),
        check("ADD-04", Finding.HIDDEN, ADDING, about=[ADDING]),
    )
    assert findings(verdicts) == {"ADD-01": "failed", "ADD-04": "failed"}
    assert found.fails == ["ADD-01", "ADD-04"]


def test_where_no_rule_shows_it_the_one_that_is_about_it_fails() -> None:
    verdicts, (found,) = said(
        check("MIX-01", Finding.FAILED, ADDING), check("ADD-01", Finding.HIDDEN, ADDING)
    )
    assert findings(verdicts) == {"MIX-01": "hidden", "ADD-01": "failed"}
    assert found.fails == ["ADD-01"]


def test_where_that_one_was_not_checked_the_one_that_found_it_fails() -> None:
    for others in ([], [check("ADD-01", Finding.PASSED)]):
        verdicts, (found,) = said(check("MIX-01", Finding.FAILED, ADDING), *others)
        assert verdicts["MIX-01"].finding is Finding.FAILED
        assert (found.fails, found.hides) == (["MIX-01"], [])


def test_a_rule_may_be_failed_by_one_and_hidden_by_another() -> None:
    verdicts, (one, other) = said(
        check("ADD-01", Finding.FAILED, ADDING, about=[ADDING]),
        check("CLR-01", Finding.FAILED, CLEARING, ADDING, about=[CLEARING]),
    )
    assert findings(verdicts) == {"ADD-01": "failed", "CLR-01": "failed"}
    assert verdicts["CLR-01"].counterexample == CLEARING.counterexample
    # What many rules suffer from comes first.
    assert (one.cause, one.fails, one.hides) == (ADDING, ["ADD-01"], ["CLR-01"])
    assert (other.cause, other.fails, other.hides) == (CLEARING, ["CLR-01"], [])


def test_what_hurts_most_comes_first() -> None:
    leak = replace(CLEARING, consequence=Consequence.LEAK)
    _, found = said(
        check("ADD-01", Finding.FAILED, ADDING, about=[ADDING]),
        check("ADD-04", Finding.HIDDEN, ADDING),
        check("CLR-01", Finding.FAILED, leak, about=[leak]),
    )
    assert [each.cause.consequence for each in found] == [Consequence.LEAK, Consequence.WRONG]


def test_what_two_processes_come_upon_is_named_as_the_first_named_it() -> None:
    verdicts, (found,) = said(
        check("ADD-01", Finding.FAILED, ADDING, about=[ADDING]),
        check("MIX-01", Finding.HIDDEN, replace(ADDING, rule="ADD-04")),
    )
    assert found.cause.rule == "ADD-01"
    assert verdicts["MIX-01"].reason == "behind ADD-01"


def test_a_known_deviation_stays_one() -> None:
    verdicts, (found,) = said(
        check("ADD-01", Finding.DEVIATES, ADDING, about=[ADDING], reason="because"),
        check("MIX-01", Finding.HIDDEN, ADDING),
        deviations=[
            Deviation("ADD-01", "because", "", date(2027, 1, 1), ADDING.counterexample.program)
        ],
    )
    assert findings(verdicts) == {"ADD-01": "deviates", "MIX-01": "hidden"}
    assert found.deviation is not None
    assert verdicts["ADD-01"].reason == "because"
    assert (found.fails, found.hides) == (["ADD-01"], ["MIX-01"])


def test_what_one_knows_is_added_once() -> None:
    known = KnownCauses(CONTRACT.grammar, CONTRACT.observations)
    assert known.add(ADDING)
    assert not known.add(replace(ADDING, rule="MIX-01"))
    assert [each.rule for each in known] == ["ADD-01"]


def test_what_is_left_of_a_program_is_without_what_is_known() -> None:
    known = KnownCauses(CONTRACT.grammar, CONTRACT.observations)
    program = Program(
        (Step(Add((Message("m0"), Message("m1")))), Step(Add((Message("m1"),))), Step(Size()))
    )
    assert known.avoided_by(program) == program
    known.add(cause("ADD-04", Add((Message("m0"), Message("m0")))))
    assert [each.rule for each in known.in_program(program)] == ["ADD-04"]
    assert known.in_program(program, costly=True) == []
    rest = known.avoided_by(program)
    assert rest is not None
    assert known.in_program(rest) == []
    # It is the last thing that goes.
    assert rest.steps == (Step(Add((Message("m0"), Message("m1")))), Step(Size()))
    known.add(cause("SIZE-01", Size(), costly=True))
    assert [each.rule for each in known.in_program(program, costly=True)] == ["SIZE-01"]
    known.add(ADDING)
    assert known.avoided_by(program) is None


SOME = frozenset(
    {"ADD-01", "ADD-03", "ADD-04", "CLR-01", "DEL-01", "DEL-02", "ORD-03", "SIZE-01", "MIX-01"}
)
"""Rules whose programs add messages twice, or delete some."""


def certified(name: str, jobs: int, rules: frozenset[str] = SOME) -> Certification:
    backend = resolve(name)
    plan = Plan(rules=rules, effort=Effort.QUICK)
    corpus = SavedFailures(None, backend.name, CONTRACT)
    with Runner(CONTRACT, backend) as runner:
        found = certify(runner, plan, corpus, Progress(), jobs=jobs)
        certificate = write_certificate(runner, plan, found)
    assert faults(certificate, CONTRACT) == []
    assert [each.rule for each in certificate.causes] == [each.cause.rule for each in found.causes]
    return found


def of_rules(found: Certification) -> dict[str, str]:
    return {
        each.rule: each.finding.value
        for each in found.verdicts
        if each.finding in (Finding.FAILED, Finding.HIDDEN)
    }


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("name", "fails"),
    [("mutant:counts-requests", ["DEL-02"]), ("mutant:duplicate-raises", ["ADD-03", "ADD-04"])],
)
def test_one_mistake_is_one_cause_however_many_find_it(
    name: str, fails: list[str], jobs: int
) -> None:
    found = certified(name, jobs)
    (entry,) = found.causes
    assert list(entry.fails) == fails
    assert entry.hides
    assert "MIX-01" in entry.hides
    assert of_rules(found) == dict.fromkeys(fails, "failed") | dict.fromkeys(entry.hides, "hidden")
    hidden = [each for each in found.verdicts if each.finding is Finding.HIDDEN]
    assert {each.reason for each in hidden} == {f"behind {entry.cause.rule}"}
    # Whoever is not found by it has passed, as far as it goes.
    others = SOME - of_rules(found).keys()
    assert {each.finding for each in found.verdicts if each.rule in others} <= {
        Finding.PASSED,
        Finding.KEPT_SO_FAR,
    }


class TwoMistakes(InMemoryMemory):
    """Counts what was asked for, and clears the summary too."""

    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)

    async def clear(self) -> None:
        await super().clear()
        await self.update_compressed_summary("")


def test_a_second_mistake_is_found_behind_the_first() -> None:
    rules = frozenset({"DEL-02", "CLR-02", "MIX-01"})
    with Runner(CONTRACT, as_backend(TwoMistakes, "tiny")) as runner:
        plan = Plan(rules=rules, effort=Effort.STANDARD)
        found = certify(runner, plan, SavedFailures(None, "tiny", CONTRACT), Progress())
    assert sorted(each.cause.rule for each in found.causes) == ["CLR-02", "DEL-02"]
    assert of_rules(found) == {"DEL-02": "failed", "CLR-02": "failed", "MIX-01": "hidden"}


SPACES = frozenset({"ISO-01", "ISO-02", "ISO-03", "ADD-01", "DUR-01"})


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("key-without-case", "ISO-03"),
        ("key-of-the-user", "ISO-01"),
        # Its spaces hold what earlier programs left there, for other users.
        ("key-of-the-session", "ISO-02"),
    ],
)
def test_a_leak_takes_two_spaces(name: str, rule: str, jobs: int) -> None:
    found = certified(f"mutant:{name}", jobs, SPACES)
    assert found.causes
    for entry in found.causes:
        assert entry.cause.consequence is Consequence.LEAK
        assert len(entry.cause.counterexample.program.spaces) == 2
        # What is done in one space alone does not suffer from it.
        assert not {"ADD-01", "DUR-01"} & {*entry.fails, *entry.hides}
    assert of_rules(found)[rule] == "failed"


def test_what_is_wrong_in_one_space_is_no_leak() -> None:
    found = certified("mutant:newest-first", 1, frozenset({"ISO-01", "ISO-03", "ORD-01"}))
    assert found.causes
    assert all(entry.cause.consequence is not Consequence.LEAK for entry in found.causes)
    assert "ORD-01" in of_rules(found)


def in_two(*steps: Step) -> Form:
    program = Program(steps, (SpaceName(), SpaceName()), (Client(0), Client(1)))
    return form_of(program, CONTRACT.grammar)


def test_a_leak_is_not_known_in_a_program_of_one_space() -> None:
    known = KnownCauses(CONTRACT.grammar, CONTRACT.observations)
    leak = replace(ADDING, rule="ISO-01", form=in_two(Step(Add((Message("m0"),)))))
    known.add(leak)
    assert known.in_program(Program((Step(Add((Message("m0"),))), Step(Delete(("m0",)))))) == []
