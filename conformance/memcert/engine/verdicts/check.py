"""Checking one rule: what the command line and the pytest plugin both go by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter

from memcert.engine.capabilities import Capabilities
from memcert.engine.rule import Faults, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.search.search import Search, Tally
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict


@dataclass(frozen=True)
class Check:
    """What came of checking one rule.

    Args:
        verdict: what was found.
        tally: what was run.
        seconds: how long it took before shrinking began, in seconds.
        blocked: what the backend kept the event loop with, if it did.
    """

    verdict: Verdict
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    blocked: str = ""


def check_rule(
    rule: Rule,
    runner: Runner,
    corpus: SavedFailures,
    plan: Plan,
    seconds: float,
    capabilities: Capabilities,
    deviation: Deviation | None = None,
) -> Check:
    """Check one rule against a backend, what failed before coming first.

    Args:
        rule: the rule.
        runner: the backend under judgement.
        corpus: programs that failed before, and where a counterexample is kept.
        plan: what is asked.
        seconds: how long the programs may take, in seconds; a few are run however long they take.
        capabilities: what the backend can do.
        deviation: the known deviation from the rule, if there is one.
    """
    runner.check(rule.id)
    not_here = why_not(rule, capabilities)
    if not_here is not None:
        pointless = capabilities.pointless(rule.needs)
        finding = Finding.NOT_APPLICABLE if pointless else Finding.UNSUPPORTED
        return Check(Verdict(rule.id, finding, reason=not_here))
    first = corpus.first(rule.id, deviation.program if deviation else None)
    search = Search(
        # They come on top of the programs that are drawn, and replace none of them.
        replace(rule, programs_at_least=rule.programs_at_least + len(first)),
        runner.execute,
        plan.seed,
        perf_counter() + seconds,
        plan.shrink_seconds,
        first,
    )
    verdict, generating = judge(search, corpus, deviation)
    short_of = capabilities.lacking(rule.better_with)
    if verdict.finding is Finding.PASSED and short_of:
        reason = f"in part: the backend is not {capabilities.without(short_of[0])}"
        verdict = replace(verdict, reason=reason)
    return Check(verdict, search.tally, generating, search.blocked)


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


def judge(
    search: Search, corpus: SavedFailures, deviation: Deviation | None = None
) -> tuple[Verdict, float]:
    """Run a search; return the verdict and the seconds taken before shrinking began.

    Args:
        search: the search for a counterexample to a rule.
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
