"""Checking one rule: what the command line and the pytest plugin both go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from memcert.engine.capabilities import Capabilities
from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.contract import Contract
from memcert.engine.part import OptionalPart, without_parts, words_for
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Faults, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan, asked_of
from memcert.engine.search.search import Search
from memcert.engine.search.tally import Tally
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict

TIMES_ALONE = 3
"""How often a program that failed is run again before it is called unstable."""

TIMES_ALONE_IN_A_RACE = 30
"""The same for a program whose operations meet."""


@dataclass(frozen=True)
class Check:
    """What came of checking one rule.

    Args:
        verdict: what was found.
        tally: what was run.
        blocked: what the backend kept the event loop with, if it did.
        causes: the causes that its programs failed for, its own first.
        is_about: the keys of those that one of its programs shows as it stands.
    """

    verdict: Verdict
    tally: Tally = field(default_factory=Tally)
    blocked: str = ""
    causes: Sequence[Cause] = ()
    is_about: frozenset[str] = frozenset()


def check_rule(
    rule: Rule,
    runner: Runner,
    corpus: SavedFailures,
    plan: Plan,
    until: float,
    capabilities: Capabilities,
    deviation: Deviation | None = None,
    known: KnownCauses | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Check:
    """Check one rule against a backend, what failed before coming first.

    Args:
        rule: the rule.
        runner: the backend under judgement.
        corpus: programs that failed before, and where a counterexample is kept.
        plan: what is asked.
        until: when the run must end, as of `time.perf_counter`.
        capabilities: what the backend can do.
        deviation: the known deviation from the rule, if there is one.
        known: the causes that are known; a rule that fails for one of them alone is hidden.
        tell: is told what is done, in a word or two.
    """
    runner.check(rule.id)
    runner.end_at(until)
    contract = runner.subject.contract
    lacking = contract.lacking(capabilities)
    not_here = why_not(rule, capabilities)
    if not_here is not None:
        pointless = capabilities.pointless(rule.needs)
        finding = Finding.NOT_APPLICABLE if pointless else Finding.UNSUPPORTED
        part = _left_out(rule, lacking, contract)
        if part:
            not_here = f"the backend leaves out {part}"
        return Check(Verdict(rule.id, finding, reason=not_here, part=part))
    sweep: Sequence[Swept] = [
        swept for swept in rule.swept if not capabilities.lacking(swept.program.needs)
    ]
    first = [
        program
        for program in corpus.first(rule.id, deviation.program if deviation else None)
        if plan.effort.has_time_for(program) and not capabilities.lacking(program.needs)
    ]
    if lacking:
        sweep = _without_parts(sweep, lacking, contract)
        fitting = [without_parts(program, lacking, contract.grammar) for program in first]
        first = [program for program in fitting if program is not None]
    search = Search(
        rule,
        contract,
        runner.execute,
        sweep,
        plan.seed,
        until,
        plan.effort.programs_for(rule),
        None if plan.effort.whole else plan.effort.part_of(sweep),
        plan.simpler,
        first,
        runner,
        known,
        lacking,
        {each.id for each in asked_of(runner, plan)[1] if why_not(each, capabilities) is None},
        lambda: plan.fail_fast and any(known or ()),
        tell,
    )
    verdict = judge(search, corpus, deviation)
    short_of = capabilities.lacking(rule.better_with)
    if verdict.finding is Finding.PASSED and short_of:
        reason = f"in part: the backend is not {capabilities.without(short_of[0])}"
        verdict = replace(verdict, reason=reason)
    return Check(verdict, search.tally, search.blocked, search.causes, frozenset(search.is_about))


def _without_parts(
    sweep: Sequence[Swept], lacking: Sequence[OptionalPart], contract: Contract
) -> Sequence[Swept]:
    """Return what is run of a sweep where the backend leaves parts out.

    A rule is not about what all its programs do beside other things: they do without. Else the
    programs that take what is not there are left out, and their cells with them.
    """
    whole, cut = [], []
    for swept in sweep:
        program = without_parts(swept.program, lacking, contract.grammar)
        if program is swept.program:
            whole.append(swept)
        elif program is not None and swept.next is None:
            cut.append(replace(swept, program=program))
    return whole or cut


def _left_out(rule: Rule, lacking: Sequence[OptionalPart], contract: Contract) -> str:
    """Return what a level is without, if a rule is about parts that the backend leaves out."""
    words = [
        words_for(part, lacking, contract.parts) for part in lacking if part.name in rule.needs
    ]
    return ", ".join(dict.fromkeys(words))


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


def judge(search: Search, corpus: SavedFailures, deviation: Deviation | None = None) -> Verdict:
    """Run a search and return the verdict.

    Args:
        search: the search for a counterexample to a rule.
        corpus: where a counterexample is kept.
        deviation: the known deviation from the rule, if there is one.
    """
    started = perf_counter()
    cause = search.run()
    counterexample = None if cause is None else cause.counterexample
    rule, tally = search.rule, search.tally
    finding, reason = Finding.PASSED, ""
    if counterexample is not None:
        finding = Finding.FAILED
        if deviation is not None:
            finding, reason = Finding.DEVIATES, deviation.reason
    elif search.hidden_behind:
        finding = Finding.HIDDEN
        reason = f"behind {', '.join(sorted({each.rule for each in search.causes}))}"
    else:
        unknown = _why_unknown(search)
        if unknown:
            finding, reason = Finding.NOT_RUN, unknown
        elif tally.cells < search.cells_in_all:
            # Quick effort leaves some out; else that is why nothing is known.
            finding = Finding.KEPT_SO_FAR
            reason = f"{tally.cells} of {counted_cells(search.cells_in_all)} were tried"
        else:
            corpus.forget(rule.id)
            if rule.faults is Faults.WANTED and tally.faults == 0:
                reason = "nothing could go wrong in its programs: no operation waits for anything"
            if tally.undecided:
                # There were more orders of concurrent operations than could be tried.
                reason = f"{tally.undecided} of the programs are undecided"
    return Verdict(
        rule.id,
        finding,
        tally.programs,
        # What comes first is run in its order, and the tally ends with the first failure.
        corpus.common(rule.id, search.first[: tally.programs]),
        tally.drawn,
        tally.cells,
        search.cells_in_all,
        tally.operations,
        tally.faults,
        perf_counter() - started,
        counterexample,
        reason,
    )


def _why_unknown(search: Search) -> str:
    """Return why a search that found nothing says nothing of its rule; empty if it does."""
    rule, tally, cells = search.rule, search.tally, search.cells_in_all
    if search.cut_off:
        if search.is_enough():
            return "the run ended with the first cause"
        return f"the time was used up after {tally.cells} of {counted_cells(cells)}"
    if tally.programs == tally.undecided:
        # Nothing was tried, or nothing came of it, so that nothing is known.
        if search.part is not None and not tally.programs:
            return "quick effort leaves it out"
        return "no program was run to an end that can be judged"
    if rule.faults is Faults.NEEDED and tally.faults == 0:
        return "nothing went wrong in any of its programs"
    if search.part is None and tally.cells < cells:
        return f"only {tally.cells} of {counted_cells(cells)} could be judged"
    return ""


def counted_cells(number: int) -> str:
    """Return a number of cells in words.

    Args:
        number: how many.
    """
    return f"{number:,} cell{'' if number == 1 else 's'}"


def alone(verdict: Verdict, runner: Runner, until: float) -> Verdict:
    """Run a counterexample again by itself, and return what is to be said of its rule.

    What comes of a program that ran before it, or of chance, does not happen again.

    Args:
        verdict: what was found.
        runner: the backend under judgement.
        until: when the run must end, as of `time.perf_counter`.
    """
    if verdict.finding is not Finding.FAILED or verdict.counterexample is None:
        return verdict
    program = verdict.counterexample.program
    runner.check(verdict.rule)
    # Where processes meet, a fault that is real shows itself now and then.
    for _ in range(TIMES_ALONE_IN_A_RACE if program.is_concurrent else TIMES_ALONE):
        if perf_counter() > until:
            return verdict
        execution = runner.execute(program)
        if execution.divergence is not None or execution.cut_off:
            return verdict
    reason = "the program that failed did not fail again when it was run alone"
    return replace(verdict, finding=Finding.UNSTABLE, reason=reason)
