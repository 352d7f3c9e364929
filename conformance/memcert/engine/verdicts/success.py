"""What the verdicts of a certificate come to, and whether that is what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.rule import Consequence, Level
from memcert.engine.search.effort import Effort
from memcert.engine.verdicts.certificate import Certificate, CertifiedVerdict
from memcert.engine.verdicts.level import Judgement, Standing, standing
from memcert.engine.verdicts.verdict import Finding


def standing_of(verdicts: Sequence[CertifiedVerdict]) -> Standing:
    """Return what the verdicts of a certificate come to.

    Args:
        verdicts: as the certificate holds them.
    """
    return standing(
        {
            verdict.rule: Judgement(
                verdict.level,
                verdict.consequence,
                passed=verdict.finding is Finding.PASSED,
                judged=verdict.finding not in _NOT_JUDGED,
                applicable=verdict.finding is not Finding.NOT_APPLICABLE,
                part=verdict.part,
            )
            for verdict in verdicts
        }
    )


_NOT_JUDGED = (Finding.KEPT_SO_FAR, Finding.NOT_RUN, Finding.HIDDEN)
"""What leaves open whether a rule is kept."""


def is_expected(certificate: Certificate, level: Level) -> bool:
    """Tell whether nothing but known deviations keeps a backend from a level.

    It is not reached for that: rules deviate, or are hidden behind what does.

    Args:
        certificate: the certificate.
        level: the level that is expected.
    """
    behind: dict[str, list[bool]] = {}
    for cause in certificate.causes:
        for rule in cause.hides:
            behind.setdefault(rule, []).append(bool(cause.deviation))

    def is_fine(verdict: CertifiedVerdict) -> bool:
        if verdict.finding is Finding.HIDDEN:
            return all(behind.get(verdict.rule, [False]))
        return bool(verdict.part) or verdict.finding in (
            Finding.PASSED,
            Finding.DEVIATES,
            Finding.NOT_APPLICABLE,
        )

    return not certificate.complaints and all(
        is_fine(verdict)
        for verdict in certificate.verdicts
        if verdict.level is not None
        and level.includes(verdict.level)
        and verdict.consequence is not Consequence.STRICT
    )


def succeeded(certificate: Certificate, expected: Level | None = None) -> bool:
    """Tell whether the asked level was reached and nothing is wrong with the deviations.

    Where only some rules were asked for, each of them must have passed, or be kept so far if
    effort was quick.

    Args:
        certificate: the certificate.
        expected: the level that nothing but known deviations may keep it from; None to ask for the
            level itself.
    """
    if certificate.complaints:
        return False
    if expected is not None and not certificate.run.rules:
        return is_expected(certificate, expected)
    if certificate.run.rules:
        quick = certificate.run.effort is Effort.QUICK
        return all(
            verdict.finding is Finding.PASSED or (quick and verdict.finding is Finding.KEPT_SO_FAR)
            for verdict in certificate.verdicts
            if verdict.rule in certificate.run.rules
        )
    if certificate.run.effort is Effort.QUICK:
        # It leaves out cells of nearly every level, and shows none.
        return not any(
            verdict.finding in (Finding.FAILED, Finding.HIDDEN, Finding.UNSTABLE)
            and verdict.consequence is not Consequence.STRICT
            for verdict in certificate.verdicts
        )
    reached = certificate.level.reached
    return reached is not None and reached.includes(certificate.level.asked)
