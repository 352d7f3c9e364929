"""What every report says of a certificate, in words."""

from __future__ import annotations

from memcert.engine.judging.divergence import Divergence
from memcert.engine.output.foreign_text import one_line
from memcert.engine.programs.outcome import shortened
from memcert.engine.search.effort import Effort
from memcert.engine.verdicts.certificate import (
    Certificate,
    CertifiedCause,
)
from memcert.engine.verdicts.success import standing_of
from memcert.engine.verdicts.verdict import Finding


def counted(number: int, thing: str) -> str:
    """Return how many of something there are.

    Args:
        number: how many.
        thing: what, in the singular.
    """
    plural = "es" if thing.endswith("s") else "s"
    return f"{number:,} {thing}{'' if number == 1 else plural}"


def headline(certificate: Certificate) -> str:
    """Return what was reached, in one line.

    Args:
        certificate: the certificate.
    """
    name = one_line(certificate.backend.name)
    if certificate.run.rules:
        return f"{name}: only {', '.join(certificate.run.rules)} checked"
    if certificate.run.effort is Effort.QUICK:
        return f"{name}: {_found_quickly(certificate)}; quick effort shows no level"
    reached = str(standing_of(certificate.verdicts))
    line = f"{name}: {reached}"
    if not certificate.backend.durable:
        line += " (ephemeral by design: certified at core)"
    elif certificate.backend.is_process_local:
        line += " (its data are process-local: no other process opens it)"
    return line


def _found_quickly(certificate: Certificate) -> str:
    number = counts(certificate)
    failed = number[Finding.FAILED] + number[Finding.UNSTABLE]
    return f"{counted(failed, 'rule')} failed" if failed else "no rule failed"


def notes(certificate: Certificate) -> list[str]:
    """Return what the level does not say by itself, a line each.

    Args:
        certificate: the certificate.
    """
    lines = []
    number = counts(certificate)[Finding.NOT_APPLICABLE]
    if number:
        what = "1 rule does" if number == 1 else f"{number} rules do"
        lines.append(f"{what} not apply: a file has no server and no connection to lose")
    lines += _unsupported(certificate)
    backend = certificate.backend
    can_be_resilient = backend.durable and not backend.is_process_local
    if can_be_resilient and certificate.store and not (backend.can_crash or backend.is_file):
        lines.append(
            "this store cannot show level resilient, which takes a server that can be killed:"
            " --server process"
        )
    lines += [
        f"{verdict.rule}: {verdict.reason}"
        for verdict in certificate.verdicts
        if verdict.finding is Finding.UNSTABLE
    ]
    return lines


def _unsupported(certificate: Certificate) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for verdict in certificate.verdicts:
        if verdict.finding is Finding.UNSUPPORTED:
            reasons.setdefault(one_line(verdict.reason), []).append(verdict.rule)
    return [
        f"{counted(len(rules), 'rule')} unsupported, since {reason}: {', '.join(rules)}"
        for reason, rules in reasons.items()
    ]


def store_line(certificate: Certificate) -> str:
    """Return which store was used, in one line.

    Args:
        certificate: the certificate.
    """
    store = certificate.store
    if store is None:
        return "none that memcert started"
    return one_line(f"{store.version}, {store.how}")


def cells_line(certificate: Certificate) -> str:
    """Return what was covered, in one line.

    Args:
        certificate: the certificate.
    """
    run = certificate.run
    return f"{run.cells:,} of {run.cells_in_all:,} covered, {run.effort.value} effort"


def run_line(certificate: Certificate) -> str:
    """Return what was run, in one line.

    Args:
        certificate: the certificate.
    """
    run = certificate.run
    return (
        f"{counted(run.programs, 'program')}, {run.drawn:,} of them random,"
        f" {counted(run.operations, 'operation')} and"
        f" {counted(run.observations, 'look')} at the state in {run.seconds:.1f} s,"
        f" seed {run.seed}"
    )


def corpus_line(certificate: Certificate) -> str:
    """Return how many programs of which corpus were replayed, in one line.

    Args:
        certificate: the certificate.
    """
    corpus = certificate.corpus
    return f"{corpus.replayed} of {corpus.programs} programs replayed, SHA-256 {corpus.digest}"


def kit_seconds(certificate: Certificate) -> float:
    """Return the time that the checks took beside the backend's own, in seconds.

    The run itself is shorter where several processes check rules at the same time.

    Args:
        certificate: the certificate.
    """
    checks = sum(verdict.seconds for verdict in certificate.verdicts)
    return checks - certificate.run.backend_seconds


def cost_line(certificate: Certificate) -> str:
    """Return what the kit itself cost, in one line.

    Args:
        certificate: the certificate.
    """
    run = certificate.run
    backend = run.backend_seconds
    if not backend:
        return "the backend's own time was not measurable"
    kit = kit_seconds(certificate)
    return (
        f"{backend:.1f} s in the backend, {kit:.1f} s in the kit ({kit / backend:.2f} times the"
        " backend's own time)"
    )


def counts(certificate: Certificate) -> dict[Finding, int]:
    """Return how many rules have each finding.

    Args:
        certificate: the certificate.
    """
    found = [verdict.finding for verdict in certificate.verdicts]
    return {finding: found.count(finding) for finding in Finding}


def counts_line(certificate: Certificate) -> str:
    """Return how many rules have each finding, in one line.

    Args:
        certificate: the certificate.
    """
    return ", ".join(
        f"{number} {finding.value}" for finding, number in counts(certificate).items() if number
    )


MOST_CHARACTERS = 1_000
"""How much of an operation is shown: the script has it whole."""


def divergence_lines(divergence: Divergence) -> list[str]:
    """Return where a backend and the contract came apart, in a few lines.

    Args:
        divergence: where.
    """
    return [
        f"{'after' if divergence.look else 'at'} operation {divergence.step + 1}:"
        f" {shortened(one_line(divergence.operation), quote=False, characters=MOST_CHARACTERS)}",
        *f"  expected: {divergence.expected}".replace("\n", "\n    ").split("\n"),
        *f"  observed: {divergence.observed}".replace("\n", "\n    ").split("\n"),
    ]


def cause_line(cause: CertifiedCause, certificate: Certificate) -> str:
    """Return what a cause is and what it does, in one line.

    Args:
        cause: the cause.
        certificate: which says so.
    """
    does = cause_does(cause, certificate)
    text = rule_text(cause.rule, certificate)
    return f"{cause.rule} [{cause.consequence.value}] {text}" + (f" ({does})" if does else "")


def rule_text(rule: str, certificate: Certificate) -> str:
    """Return the sentence of a rule.

    Args:
        rule: its id.
        certificate: which has it.
    """
    return next(each.text for each in certificate.verdicts if each.rule == rule)


def cause_does(cause: CertifiedCause, certificate: Certificate) -> str:
    """Return what a cause does to other rules than its own, and what else is known of it.

    Args:
        cause: the cause.
        certificate: which says so.
    """
    others = [rule for rule in cause.fails if rule != cause.rule]
    said = [f"fails {', '.join(others)} too"] if others else []
    findings = {verdict.rule: verdict.finding for verdict in certificate.verdicts}
    # A rule that another cause fails is not hidden.
    hidden = [rule for rule in cause.hides if findings.get(rule) is Finding.HIDDEN]
    if hidden:
        said.append(f"hides {counted(len(hidden), 'rule')}")
    if all(findings.get(rule) is Finding.UNSTABLE for rule in cause.fails):
        said.append("unstable: it did not fail again when it was run alone")
    if cause.deviation:
        said.append(f"known: {one_line(cause.deviation)}")
    return "; ".join(said)
