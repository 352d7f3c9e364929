"""Certifying a backend: every rule of the asked levels, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Protocol

from memcert.engine.capabilities import Capabilities
from memcert.engine.contract import Contract
from memcert.engine.corpus import Corpus
from memcert.engine.deviation import Deviation
from memcert.engine.preflight import preflight
from memcert.engine.rule import Level, Rule
from memcert.engine.search import Search, Tally
from memcert.engine.session import Session
from memcert.engine.verdict import Finding, Verdict


@dataclass(frozen=True)
class Plan:
    """What is asked of a run.

    Args:
        level: the level to be reached; None for the highest that the backend can be asked for.
        rules: the ids of the only rules to check; none for all.
        budget: how long the programs may take, in seconds, shrinking apart. Each rule runs a few
            programs however long they take.
        seed: what the generated programs depend on, beside the versions of memcert and Hypothesis
            and the constants that Hypothesis finds in modules outside site-packages.
        shrink_seconds: how long each counterexample may be made simpler, in seconds; needless
            parts are left out of it first, even if this is 0.
        deviations: the known deviations.
        today: the day on which they are judged.
    """

    level: Level | None = None
    rules: frozenset[str] = frozenset()
    budget: float = 30.0
    seed: int = 0
    shrink_seconds: float = 3.0
    deviations: Sequence[Deviation] = ()
    today: date = field(default_factory=date.today)


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


TOP_LEVEL = Level.DURABLE
"""The highest level that has rules."""


def certify(session: Session, plan: Plan, corpus: Corpus, progress: Progress) -> Certification:
    """Check the rules against a backend.

    Args:
        session: the backend under judgement.
        plan: what is asked.
        corpus: programs that failed before, and where those that fail now are kept.
        progress: who is told how far it is.

    Raises:
        BadFactory: the backend's factory is wrong, so that nothing can be said of the backend.
    """
    started = perf_counter()
    capabilities = preflight(session)
    rules = session.subject.contract.rules
    asked, chosen = asked_of(session.subject.contract, plan, durable=capabilities.durable)
    deviations = {deviation.rule: deviation for deviation in plan.deviations}
    tally = Tally()
    verdicts = []
    shares_left = sum(rule.share for rule in chosen if not capabilities.lacking(rule.needs))
    time_left = plan.budget
    for rule in rules:
        if rule not in chosen:
            reason = "not asked for" if plan.rules else f"not part of level {asked.value}"
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason=reason))
            continue
        progress.starts(rule)
        lacking = capabilities.lacking(rule.needs)
        if lacking:
            reason = f"the backend is not {' and not '.join(_described(need) for need in lacking)}"
            verdict = Verdict(rule.id, Finding.UNSUPPORTED, reason=reason)
        else:
            slice_ends = perf_counter() + max(time_left, 0.0) * rule.share / shares_left
            deviation = deviations.get(rule.id)
            search = Search(
                rule,
                session.execute,
                plan.seed,
                slice_ends,
                plan.shrink_seconds,
                [*corpus.programs(rule.id), *([deviation.program] if deviation else [])],
            )
            verdict, generating = judge(search, corpus, deviation)
            short_of = capabilities.lacking(rule.better_with)
            if verdict.finding is Finding.PASSED and short_of:
                reason = f"in part: the backend is not {_described(short_of[0])}"
                verdict = replace(verdict, reason=reason)
            tally.add(search.tally)
            shares_left -= rule.share
            time_left -= generating
        verdicts.append(verdict)
        progress.ends(rule, verdict)
    complaints = [
        complaint
        for deviation in plan.deviations
        for complaint in _complaints(session, deviation, chosen, plan.today)
    ]
    return Certification(verdicts, capabilities, asked, tally, perf_counter() - started, complaints)


def asked_of(contract: Contract, plan: Plan, *, durable: bool) -> tuple[Level, list[Rule]]:
    """Return the level that a plan asks for, and the rules that are to be checked.

    Args:
        contract: whose rules there are.
        plan: what is asked.
        durable: whether the backend promises to keep what was stored.
    """
    asked = plan.level or (TOP_LEVEL if durable else Level.CORE)
    if plan.rules:
        return asked, [rule for rule in contract.rules if rule.id in plan.rules]
    return asked, [
        rule for rule in contract.rules if rule.level is None or asked.includes(rule.level)
    ]


def judge(
    search: Search, corpus: Corpus, deviation: Deviation | None = None
) -> tuple[Verdict, float]:
    """Check one rule; return the verdict and the seconds taken before shrinking began.

    Args:
        search: the search for a counterexample to it.
        corpus: where a counterexample is kept.
        deviation: the known deviation from the rule, if there is one.
    """
    started = perf_counter()
    counterexample = search.run()
    seconds = perf_counter() - started
    rule = search.rule.id
    finding, reason = Finding.PASSED, ""
    if counterexample is not None:
        finding = Finding.FAILED
        corpus.keep(rule, counterexample.program)
        if deviation is not None:
            finding, reason = Finding.DEVIATES, deviation.reason
    elif search.tally.programs == 0:
        # Nothing was tried, so nothing is known.
        finding, reason = Finding.NOT_RUN, "no program was run"
    else:
        corpus.forget(rule)
    verdict = Verdict(
        rule,
        finding,
        search.tally.programs,
        search.tally.operations,
        seconds,
        counterexample,
        reason,
    )
    return verdict, (search.found_at or perf_counter()) - started


def _complaints(
    session: Session, deviation: Deviation, chosen: Sequence[Rule], today: date
) -> list[str]:
    name = f"the deviation from {deviation.rule}"
    complaints = []
    if deviation.expires < today:
        complaints.append(f"{name} expired on {deviation.expires}")
    if deviation.rule not in {rule.id for rule in chosen}:
        complaints.append(f"{name} is not used: the rule was not checked")
    elif session.execute(deviation.program).divergence is None:
        complaints.append(f"{name} no longer fails: its program keeps the rule")
    return complaints


def _described(need: str) -> str:
    return {
        "durable": "durable",
        "export": "able to export its state",
        "fresh_store": "on a store that the kit can start anew",
        "other_process": "known by a name that another process can open",
    }.get(need, need)
