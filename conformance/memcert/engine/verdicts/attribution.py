"""Which rules each cause fails, and which ones it hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from memcert.engine.causes.cause import Cause
from memcert.engine.causes.form import Dissected
from memcert.engine.contract import Contract
from memcert.engine.verdicts.check import Check
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.verdict import Finding, Verdict


@dataclass(frozen=True)
class FoundCause:
    """A cause, and the rules that are known to suffer from it.

    Args:
        cause: the cause.
        fails: the ids of the rules that it fails, in the contract's order.
        hides: the ids of those that cannot be judged because of it.
        deviation: the known deviation that it is, if it is one.
    """

    cause: Cause
    fails: Sequence[str]
    hides: Sequence[str]
    deviation: Deviation | None = None


def attributed(
    contract: Contract,
    found: Mapping[str, Verdict],
    checked: Mapping[str, Check],
    deviations: Sequence[Deviation] = (),
) -> tuple[Mapping[str, Verdict], Sequence[FoundCause]]:
    """Return the verdicts, and what the causes do, whichever rule came upon a cause first.

    A cause fails the rules of which a program shows it as it stands; where there is none, those
    that it was found by. It hides any other rule whose programs fail for it.

    Args:
        contract: whose rules there are.
        found: what was found, by rule.
        checked: what came of the rules that were checked.
        deviations: the known deviations: a cause that the program of one shows is known.
    """
    rules, checked = contract.rules, _merged(checked, contract)
    causes = _causes(checked)
    about = {
        key: [rule.id for rule in rules if key in _about(checked, rule.id)]
        or [rule.id for rule in rules if rule.id == cause.rule and _suffers(checked, rule.id, key)]
        for key, cause in causes.items()
    }
    fails: dict[str, list[str]] = {key: [] for key in causes}
    hides: dict[str, list[str]] = {key: [] for key in causes}
    failing: dict[str, list[str]] = {}
    for rule in rules:
        keys = _keys(checked, rule.id)
        failing[rule.id] = [
            key
            for number, key in enumerate(keys)
            if rule.id in about[key]
            or (number == 0 and not about[key] and _has_failed(checked[rule.id]))
        ]
        for key in keys:
            (fails if key in failing[rule.id] else hides)[key].append(rule.id)
    causes = {key: _under(cause, fails[key], found) for key, cause in causes.items()}
    verdicts = dict(found)
    for rule in rules:
        keys = _keys(checked, rule.id)
        if keys:
            verdicts[rule.id] = _verdict(
                checked[rule.id].verdict,
                [causes[key] for key in failing[rule.id]],
                [causes[key] for key in keys],
            )
    entries = [
        FoundCause(cause, fails[key], hides[key], _deviation(cause, deviations, contract))
        for key, cause in causes.items()
    ]
    verdicts |= _deviating(verdicts, entries)
    return verdicts, sorted(entries, key=_hurts)


def _merged(checked: Mapping[str, Check], contract: Contract) -> Mapping[str, Check]:
    """Return what came of the rules, with one cause for what shows another one.

    What a rule came upon before the simpler cause was known, or another process, is that cause.
    """
    causes = _causes(checked)
    grammar, observations = contract.grammar, contract.observations
    programs = {
        key: Dissected(cause.counterexample.program, grammar, observations)
        for key, cause in causes.items()
    }
    is_in = {
        (one, other)
        for one, other in product(causes, causes)
        if one != other and causes[one].form.find(programs[other]) is not None
    }
    order = {key: number for number, key in enumerate(causes)}
    same = {key: key for key in causes}
    for simple, other in sorted(is_in, key=lambda pair: order[pair[0]]):
        # Of two that show each other, the first one stays.
        if (other, simple) not in is_in or order[simple] < order[other]:
            same[other] = same[simple]
    return {
        rule: replace(
            check,
            causes=[
                causes[key] for key in dict.fromkeys(same[cause.form.key] for cause in check.causes)
            ],
            is_about=frozenset(same.get(key, key) for key in check.is_about),
        )
        for rule, check in checked.items()
    }


def _causes(checked: Mapping[str, Check]) -> dict[str, Cause]:
    """Return the causes by their keys, in the order in which they were found."""
    causes: dict[str, Cause] = {}
    for check in checked.values():
        for cause in check.causes:
            # Several processes may come upon one cause; the first to say so is the one that counts.
            causes.setdefault(cause.form.key, cause)
    return causes


def _keys(checked: Mapping[str, Check], rule: str) -> Sequence[str]:
    """Return the causes that programs of a rule failed for, its own first."""
    return [cause.form.key for cause in checked[rule].causes] if rule in checked else []


def _has_failed(check: Check) -> bool:
    return check.verdict.finding in (Finding.FAILED, Finding.DEVIATES)


def _under(cause: Cause, fails: Sequence[str], found: Mapping[str, Verdict]) -> Cause:
    """Return a cause under the id of a rule that it fails, unless nobody came to its own."""
    own = found.get(cause.rule)
    is_open = own is not None and own.finding is Finding.NOT_RUN
    return cause if cause.rule in fails or is_open or not fails else replace(cause, rule=fails[0])


def _deviation(
    cause: Cause, deviations: Sequence[Deviation], contract: Contract
) -> Deviation | None:
    """Return the known deviation whose program shows a cause, if there is one."""
    grammar, observations = contract.grammar, contract.observations
    for deviation in deviations:
        if cause.form.is_in(deviation.program, grammar, observations):
            return deviation
    return None


def _deviating(
    verdicts: Mapping[str, Verdict], entries: Sequence[FoundCause]
) -> Mapping[str, Verdict]:
    """Return the verdicts on rules that fail for known deviations alone."""
    found = {}
    for rule, verdict in verdicts.items():
        failing = [entry for entry in entries if rule in entry.fails]
        if failing and all(entry.deviation is not None for entry in failing):
            reasons = dict.fromkeys(entry.deviation.reason for entry in failing if entry.deviation)
            found[rule] = replace(verdict, finding=Finding.DEVIATES, reason="; ".join(reasons))
    return found


def _hurts(entry: FoundCause) -> tuple[int, int, str]:
    cause = entry.cause
    return cause.consequence.rank, -len(entry.fails) - len(entry.hides), cause.form.key


def _about(checked: Mapping[str, Check], rule: str) -> frozenset[str]:
    check = checked.get(rule)
    return frozenset() if check is None else check.is_about


def _suffers(checked: Mapping[str, Check], rule: str, key: str) -> bool:
    return key in _keys(checked, rule)


def _verdict(verdict: Verdict, failing: Sequence[Cause], causes: Sequence[Cause]) -> Verdict:
    if failing:
        return replace(
            verdict,
            finding=Finding.FAILED,
            counterexample=failing[0].counterexample,
            reason="",
        )
    behind = ", ".join(sorted({cause.rule for cause in causes}))
    return replace(verdict, finding=Finding.HIDDEN, counterexample=None, reason=f"behind {behind}")
