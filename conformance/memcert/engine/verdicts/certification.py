"""Certifying a backend: every rule of the asked levels, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Protocol

from memcert.engine.capabilities import Capabilities
from memcert.engine.rule import Level, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan, asked_of
from memcert.engine.search.tally import Tally
from memcert.engine.verdicts.check import alone, check_rule
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def starts(self, rule: Rule) -> None:
        """Be told that a rule is being checked.

        Args:
            rule: the rule.
        """

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        """Be told what was found.

        Args:
            rule: the rule.
            verdict: what was found.
        """


@dataclass(frozen=True)
class Certification:
    """What a run found.

    Args:
        verdicts: one for every rule of the contract, in the contract's order.
        capabilities: what the backend can do.
        asked: the level that was asked for.
        tally: what was run.
        seconds: how long it took.
        complaints: what is wrong with the deviations, a line each.
    """

    verdicts: Sequence[Verdict]
    capabilities: Capabilities
    asked: Level
    tally: Tally
    seconds: float
    complaints: Sequence[str]


def certify(
    runner: Runner,
    plan: Plan,
    corpus: SavedFailures,
    progress: Progress,
    capabilities: Capabilities | None = None,
) -> Certification:
    """Check the rules against a backend.

    Args:
        runner: the backend under judgement.
        plan: what is asked.
        corpus: programs that failed before, and where those that fail now are kept.
        progress: who is told how far it is.
        capabilities: what the backend can do; None to find out.

    Raises:
        BadFactory: the backend's factory is wrong, so that nothing can be said of the backend.
    """
    started = perf_counter()
    if capabilities is None:
        capabilities = preflight(runner)
    rules = runner.subject.contract.rules
    asked, chosen = asked_of(runner, plan)
    deviations = {deviation.rule: deviation for deviation in plan.deviations}
    tally = Tally()
    verdicts = []
    until = started + plan.seconds
    blocked = ""
    for rule in rules:
        if rule not in chosen:
            reason = "not asked for" if plan.rules else f"not part of level {asked.value}"
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason=reason))
            continue
        if blocked:
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason="the run ended before"))
            continue
        if perf_counter() > until:
            reason = f"the time was used up: {plan.seconds:g} s"
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason=reason))
            continue
        progress.starts(rule)
        check = check_rule(rule, runner, corpus, plan, until, capabilities, deviations.get(rule.id))
        tally.add(check.tally)
        if check.blocked:
            blocked = (
                f"{rule.id}: {check.blocked} blocked the event loop, where nothing else can"
                " go on: the run ended there"
            )
        verdicts.append(check.verdict)
        progress.ends(rule, check.verdict)
    if not blocked:
        verdicts = [alone(verdict, runner, until) for verdict in verdicts]
    complaints = (
        [blocked]
        if blocked
        else [
            complaint
            for deviation in plan.deviations
            for complaint in _complaints(runner, deviation, chosen, plan.today)
        ]
    )
    return Certification(verdicts, capabilities, asked, tally, perf_counter() - started, complaints)


def _complaints(
    runner: Runner, deviation: Deviation, chosen: Sequence[Rule], today: date
) -> list[str]:
    name = f"the deviation from {deviation.rule}"
    complaints = []
    if deviation.expires < today:
        complaints.append(f"{name} expired on {deviation.expires}")
    if deviation.rule not in {rule.id for rule in chosen}:
        complaints.append(f"{name} is not used: the rule was not checked")
    elif runner.execute(deviation.program).divergence is None:
        complaints.append(f"{name} no longer fails: its program keeps the rule")
    return complaints
