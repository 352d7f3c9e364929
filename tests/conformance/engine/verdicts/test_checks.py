"""The checks of one run."""

from __future__ import annotations

from math import inf

from memcert.engine.causes.cause import KnownCauses
from memcert.engine.contract import Contract
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.check import Check
from memcert.engine.verdicts.checks import MOST_BLOCKS, Checks
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict


def checks_of(contract: Contract) -> Checks:
    known = KnownCauses(contract.grammar, contract.observations)
    kept = SavedFailures(None, "tiny", contract)
    return Checks(contract.rules, Plan(), inf, Progress(), known, kept)


def test_who_blocks_the_loop_again_and_again_ends_the_run(contract: Contract) -> None:
    checks = checks_of(contract)
    for number in range(1, MOST_BLOCKS + 1):
        assert not checks.blocked
        rule = checks.take()
        assert rule is not None, number
        verdict = Verdict(rule.id, Finding.FAILED)
        checks.add(rule, Check(verdict, blocked="await memory.clear()"))
    assert "as 2 operations did before: the run ended there" in checks.blocked
    assert checks.take() is None
    rest = [checks.found[rule.id] for rule in contract.rules[MOST_BLOCKS:]]
    assert rest
    assert all(each.finding is Finding.NOT_RUN for each in rest)
