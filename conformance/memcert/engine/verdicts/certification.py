"""Certifying a backend: every rule of the asked levels, in this process and others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from time import perf_counter

from memcert.engine.capabilities import Capabilities
from memcert.engine.causes.cause import KnownCauses
from memcert.engine.rule import Level, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan, asked_of
from memcert.engine.search.tally import Tally
from memcert.engine.verdicts.attribution import FoundCause, attributed
from memcert.engine.verdicts.check import alone, check_rule
from memcert.engine.verdicts.checks import Checks
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.helpers import helped
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.rule_process import Task
from memcert.engine.verdicts.rule_queue import in_order
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict


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
    causes: Sequence[FoundCause] = ()


def certify(
    runner: Runner,
    plan: Plan,
    corpus: SavedFailures,
    progress: Progress,
    capabilities: Capabilities | None = None,
    jobs: int = 1,
    started: float | None = None,
) -> Certification:
    """Check the rules against a backend.

    Args:
        runner: the backend under judgement.
        plan: what is asked.
        corpus: programs that failed before, and where those that fail now are kept.
        progress: who is told how far it is, by several threads, one at a time.
        capabilities: what the backend can do; None to find out.
        jobs: how many processes check rules, this one included.
        started: when the run began, as of `time.perf_counter`; None for now.

    Raises:
        BadFactory: the backend's factory is wrong, so that nothing can be said of the backend.
    """
    started = perf_counter() if started is None else started
    if capabilities is None:
        capabilities = preflight(runner)
    asked, chosen = asked_of(runner, plan)
    until = started + plan.seconds
    contract = runner.subject.contract
    known = KnownCauses(contract.grammar, contract.observations)
    checks = Checks(in_order(chosen), plan, until, progress, known, corpus)
    with helped(checks, jobs - 1, _task(runner, plan, corpus, until, capabilities), corpus):
        deviations = {deviation.rule: deviation for deviation in plan.deviations}
        while (rule := checks.take()) is not None:
            checks.add(
                rule,
                check_rule(
                    rule,
                    runner,
                    corpus,
                    plan,
                    until,
                    capabilities,
                    deviations.get(rule.id),
                    known,
                    partial(checks.is_at, rule),
                ),
            )
    found, causes = attributed(contract, checks.found, checks.checked, plan.deviations)
    verdicts = [
        found[rule.id]
        if rule.id in found
        else Verdict(
            rule.id,
            Finding.NOT_RUN,
            reason="not asked for" if plan.rules else f"not part of level {asked.value}",
        )
        for rule in contract.rules
    ]
    if checks.blocked:
        complaints = [checks.blocked]
    else:
        verdicts = [alone(verdict, runner, until) for verdict in verdicts]
        complaints = [
            complaint
            for deviation in plan.deviations
            for complaint in _complaints(runner, deviation, chosen, plan.today)
        ]
    seconds = perf_counter() - started
    return Certification(verdicts, capabilities, asked, checks.tally, seconds, complaints, causes)


def _task(
    runner: Runner, plan: Plan, corpus: SavedFailures, until: float, capabilities: Capabilities
) -> Task:
    contract, backend = runner.subject.contract, runner.subject.backend
    return Task(
        contract.module,
        backend.specification,
        backend.resolver,
        runner.server,
        capabilities,
        plan,
        until,
        None if corpus.folder is None else corpus.folder.parent,
        runner.subject.patience,
    )


def _complaints(
    runner: Runner, deviation: Deviation, chosen: Sequence[Rule], today: date
) -> list[str]:
    complaints = [expired] if (expired := deviation.why_expired(today)) else []
    if deviation.rule not in {rule.id for rule in chosen}:
        complaints.append(f"{deviation.title} is not used: the rule was not checked")
    elif runner.execute(deviation.program).divergence is None:
        complaints.append(deviation.why_mended)
    return complaints
