"""Certifying a backend: every rule of the asked levels, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import Protocol

from memcert.engine.capabilities import Capabilities
from memcert.engine.rule import Faults, Level, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan, asked_of, budget_of, share_of
from memcert.engine.search.search import Search, Tally
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
        budget: how long the programs could take, in seconds.
        tally: what was run.
        seconds: how long it took.
        complaints: what is wrong with the deviations, a line each.
    """

    verdicts: Sequence[Verdict]
    capabilities: Capabilities
    asked: Level
    budget: float
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
    shares_left = sum(share_of(rule) for rule in chosen if not capabilities.lacking(rule.needs))
    budget = time_left = budget_of(plan, asked)
    blocked = ""
    for rule in rules:
        if rule not in chosen:
            reason = "not asked for" if plan.rules else f"not part of level {asked.value}"
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason=reason))
            continue
        if blocked:
            verdicts.append(Verdict(rule.id, Finding.NOT_RUN, reason="the run ended before"))
            continue
        progress.starts(rule)
        runner.check(rule.id)
        not_here = why_not(rule, capabilities)
        if not_here is not None:
            pointless = capabilities.pointless(rule.needs)
            finding = Finding.NOT_APPLICABLE if pointless else Finding.UNSUPPORTED
            verdict = Verdict(rule.id, finding, reason=not_here)
        else:
            share = share_of(rule)
            slice_ends = perf_counter() + max(time_left, 0.0) * share / shares_left
            deviation = deviations.get(rule.id)
            search = search_for(rule, runner, corpus, plan, slice_ends, deviation)
            verdict, generating = judge(search, corpus, deviation)
            short_of = capabilities.lacking(rule.better_with)
            if verdict.finding is Finding.PASSED and short_of:
                reason = f"in part: the backend is not {capabilities.without(short_of[0])}"
                verdict = replace(verdict, reason=reason)
            tally.add(search.tally)
            shares_left -= share
            time_left -= generating
            if search.blocked:
                blocked = (
                    f"{rule.id}: {search.blocked} blocked the event loop, where nothing else can"
                    " go on: the run ended there"
                )
        verdicts.append(verdict)
        progress.ends(rule, verdict)
    complaints = (
        [blocked]
        if blocked
        else [
            complaint
            for deviation in plan.deviations
            for complaint in _complaints(runner, deviation, chosen, plan.today)
        ]
    )
    return Certification(
        verdicts, capabilities, asked, budget, tally, perf_counter() - started, complaints
    )


def why_not(rule: Rule, capabilities: Capabilities) -> str | None:
    """Return why a rule cannot be checked; None if it can be.

    Args:
        rule: the rule.
        capabilities: what the backend can do.
    """
    if capabilities.pointless(rule.needs):
        return "the store is a file: there is no server, and no connection to it"
    lacking = capabilities.lacking(rule.needs)
    if not lacking:
        return None
    return f"the backend is not {' and not '.join(map(capabilities.without, lacking))}"


def search_for(
    rule: Rule,
    runner: Runner,
    corpus: SavedFailures,
    plan: Plan,
    until: float,
    deviation: Deviation | None = None,
) -> Search:
    """Return the search for a counterexample to a rule, what failed before coming first.

    Args:
        rule: the rule.
        runner: the backend under judgement.
        corpus: programs that failed before.
        plan: what is asked.
        until: when the rule's share of the time is used up, as of `time.perf_counter`.
        deviation: the known deviation from the rule, if there is one.
    """
    first = corpus.first(rule.id, deviation.program if deviation else None)
    # They come on top of the programs that are drawn, and replace none of them.
    at_least = rule.programs_at_least + len(first)
    return Search(
        replace(rule, programs_at_least=at_least),
        runner.execute,
        plan.seed,
        until,
        plan.shrink_seconds,
        first,
    )


def judge(
    search: Search, corpus: SavedFailures, deviation: Deviation | None = None
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
    elif search.tally.programs == search.tally.undecided:
        # Nothing was tried, or nothing came of it, so that nothing is known.
        finding, reason = Finding.NOT_RUN, "no program was run to an end that can be judged"
    elif search.rule.faults is Faults.NEEDED and search.tally.faults == 0:
        finding, reason = Finding.NOT_RUN, "nothing went wrong in any of its programs"
    else:
        corpus.forget(rule)
        if search.rule.faults is Faults.WANTED and search.tally.faults == 0:
            reason = "nothing could go wrong in its programs: no operation waits for anything"
        if search.tally.undecided:
            # There were more orders of concurrent operations than could be tried.
            reason = f"{search.tally.undecided} of the programs are undecided"
    verdict = Verdict(
        rule,
        finding,
        search.tally.programs,
        # What comes first is run in its order, and the tally ends with the first failure.
        corpus.common(rule, search.first[: search.tally.programs]),
        search.tally.operations,
        search.tally.faults,
        seconds,
        counterexample,
        reason,
    )
    return verdict, (search.found_at or perf_counter()) - started


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
