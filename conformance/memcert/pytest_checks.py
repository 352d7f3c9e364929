"""What a session of pytest found of one backend so far, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from memcert.engine.causes.cause import KnownCauses
from memcert.engine.contract import Contract
from memcert.engine.rule import Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.attribution import attributed
from memcert.engine.verdicts.check import Check, alone, check_rule
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict


@dataclass(frozen=True)
class Judged:
    """What is to be said of a rule.

    Args:
        verdict: what was found.
        behind: the ids of the rules that it is hidden behind, if it is.
        complaint: what is wrong with the deviation from it, in one line; empty if nothing is.
    """

    verdict: Verdict
    behind: Sequence[str] = ()
    complaint: str = ""


class BackendChecks:
    """The checks of one backend, which know the causes of those that came before.

    Args:
        runner: the backend under judgement, its store running.
        plan: what is asked; its rules are those that are tests of the session, and its deviations
            those that are live.
    """

    def __init__(self, runner: Runner, plan: Plan) -> None:
        self._runner = runner
        self._plan = plan
        self._contract: Contract = runner.subject.contract
        self._known = KnownCauses(self._contract.grammar, self._contract.observations)
        self._deviations = {deviation.rule: deviation for deviation in plan.deviations}
        self._checked: dict[str, Check] = {}

    def judge(self, rule: Rule, corpus: SavedFailures) -> Judged:
        """Check a rule, unless that was done for another one, and return what is to be said.

        Where another test of the session is about what its programs fail for, that one is checked
        as well: a rule is hidden only behind one that has failed.

        Args:
            rule: the rule.
            corpus: programs that failed before, and where those that fail now are kept.
        """
        # Each rule is a test of its own, and may take as long as a run.
        until = perf_counter() + self._plan.seconds
        check = self._check(rule, corpus, until)
        for cause in check.causes:
            if cause.rule in self._plan.rules:
                self._check(self._contract.by_id[cause.rule], corpus, until)
        found = {name: each.verdict for name, each in self._checked.items()}
        verdicts, causes = attributed(self._contract, found, self._checked, self._plan.deviations)
        verdict = verdicts[rule.id]
        if check.blocked:
            return Judged(verdict)
        behind: Sequence[str] = ()
        if verdict.finding is Finding.HIDDEN:
            behind = sorted({each.cause.rule for each in causes if rule.id in each.hides})
        verdict = alone(verdict, self._runner, until)
        return Judged(verdict, behind, self._complaint(rule, verdict))

    def _check(self, rule: Rule, corpus: SavedFailures, until: float) -> Check:
        if rule.id not in self._checked:
            check = check_rule(
                rule,
                self._runner,
                corpus,
                self._plan,
                until,
                self._runner.subject.capabilities,
                self._deviations.get(rule.id),
                self._known,
            )
            for cause in check.causes:
                if self._known.add(cause):
                    corpus.keep(cause.rule, cause.counterexample.program)
            self._checked[rule.id] = check
        return self._checked[rule.id]

    def _complaint(self, rule: Rule, verdict: Verdict) -> str:
        for deviation in self._plan.deviations:
            if deviation.rule != rule.id:
                continue
            if verdict.finding in (Finding.UNSUPPORTED, Finding.NOT_APPLICABLE):
                return f"{deviation.title} is not used: the rule cannot be checked here"
            self._runner.check(rule.id)
            execution = self._runner.execute(deviation.program)
            if execution.divergence is None and not execution.cut_off:
                return deviation.why_mended
        return ""
