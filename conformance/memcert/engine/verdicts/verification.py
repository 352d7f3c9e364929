"""Recomputing what a certificate says of itself."""

from __future__ import annotations

from memcert.engine.contract import Contract
from memcert.engine.part import without_parts
from memcert.engine.programs.program import Program
from memcert.engine.rule import Faults
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import certificate_json, digest_of
from memcert.engine.verdicts.success import standing_of
from memcert.engine.verdicts.verdict import Finding


def faults(certificate: Certificate, contract: Contract) -> list[str]:
    """Recompute what a certificate says of itself and return what does not hold, a line each.

    Args:
        certificate: the certificate.
        contract: the contract that this kit knows.
    """
    found = []
    if certificate.digest != digest_of(certificate_json(certificate)):
        found.append("its digest does not match: it was changed after it was written")
    found += _faults_of_the_level(certificate)
    found += _faults_of_verdicts(certificate)
    found += _faults_of_what_is_kept_so_far(certificate)
    found += _faults_of_causes(certificate)
    found += _faults_of_replays(certificate, contract)
    found += [
        f"{verdict.rule} passed without a fault"
        for verdict in certificate.verdicts
        if verdict.finding is Finding.PASSED
        and verdict.rule in contract.by_id
        and contract.by_id[verdict.rule].faults is Faults.NEEDED
        and not verdict.faults
    ]
    names = [verdict.rule for verdict in certificate.verdicts]
    found += [f"{name} is there more than once" for name in set(names) if names.count(name) > 1]
    if certificate.contract.version != contract.version:
        found.append(
            f"its contract is version {certificate.contract.version};"
            f" this kit knows {contract.version} and cannot compare the rules"
        )
        return found
    if certificate.contract.digest != contract.digest:
        found.append("its rules are not the rules of this contract's version")
    for verdict in certificate.verdicts:
        rule = contract.by_id.get(verdict.rule)
        if rule is None:
            found.append(f"there is no rule {verdict.rule!r} in this contract")
        elif (rule.text, rule.level, rule.consequence) != (
            verdict.text,
            verdict.level,
            verdict.consequence,
        ):
            found.append(f"{rule.id} is not the rule that it says")
    missing = sorted(set(contract.by_id) - set(names))
    if missing:
        found.append(f"it says nothing of {', '.join(missing)}")
    return found


def other_corpus(certificate: Certificate, contract: Contract) -> str | None:
    """Return a line where a certificate was made with another corpus; None where it was not.

    That is no fault: a corpus may grow while the rules stay as they are.

    Args:
        certificate: the certificate.
        contract: the contract that this kit knows.
    """
    if certificate.corpus.digest == contract.corpus.digest:
        return None
    return (
        f"another corpus was used: this kit's has {len(contract.corpus)} programs,"
        f" SHA-256 {contract.corpus.digest}"
    )


def _faults_of_the_level(certificate: Certificate) -> list[str]:
    said, recomputed = certificate.level, standing_of(certificate.verdicts)
    found = []
    if said.reached is not recomputed.level:
        level, come_to = (each.value if each else None for each in (said.reached, recomputed.level))
        found.append(f"it says level {level}; its verdicts come to {come_to}")
    for number, again, what in (
        (said.strict_failed, recomputed.strict_failed, "failed"),
        (said.strict_unknown, recomputed.strict_unknown, "were not checked"),
    ):
        if number != again:
            found.append(f"it says {number} strict rules {what}; its verdicts come to {again}")
    return found


def _faults_of_verdicts(certificate: Certificate) -> list[str]:
    verdicts = certificate.verdicts
    passed = [each for each in verdicts if each.finding is Finding.PASSED]
    return [
        *(f"{each.rule} passed without a program" for each in passed if not each.programs),
        *(f"{each.rule} passed with a counterexample" for each in passed if each.counterexample),
        *(
            f"{each.rule} passed with {each.cells} of {each.cells_in_all} cells"
            for each in passed
            if each.cells != each.cells_in_all
        ),
        *(
            f"{each.rule} is said not to apply, on a store that is no file"
            for each in verdicts
            if each.finding is Finding.NOT_APPLICABLE and not certificate.backend.is_file
        ),
    ]


def _faults_of_causes(certificate: Certificate) -> list[str]:
    findings = {each.rule: each.finding for each in certificate.verdicts}
    fails = {rule for cause in certificate.causes for rule in cause.fails}
    suffer = {rule for cause in certificate.causes for rule in cause.hides} | fails
    return [
        *(
            f"a cause fails {rule}, which is {_said(findings.get(rule))}"
            for rule in sorted(fails)
            if findings.get(rule) not in _BROKEN
        ),
        *(
            f"a cause hides {rule}, which is {_said(findings.get(rule))}"
            for rule in sorted(suffer - fails)
            if findings.get(rule) not in (*_BROKEN, Finding.HIDDEN)
        ),
        *(
            f"{rule} is {finding.value} without a cause"
            for rule, finding in findings.items()
            if (finding is Finding.FAILED and rule not in fails)
            or (finding is Finding.HIDDEN and rule not in suffer)
        ),
    ]


_BROKEN = (Finding.FAILED, Finding.UNSTABLE, Finding.DEVIATES)
"""What is said of a rule that a cause fails."""


def _said(finding: Finding | None) -> str:
    return "not there" if finding is None else finding.value


def _faults_of_what_is_kept_so_far(certificate: Certificate) -> list[str]:
    verdicts = [each for each in certificate.verdicts if each.finding is Finding.KEPT_SO_FAR]
    effort = certificate.run.effort
    return [
        *(
            f"{each.rule} is kept so far, with {effort.value} effort, which leaves nothing out"
            for each in verdicts
            if effort.whole
        ),
        *(
            f"{each.rule} is kept so far, with {each.cells} of {each.cells_in_all} cells"
            for each in verdicts
            if each.cells >= each.cells_in_all
        ),
        *(
            f"{each.rule} is kept so far without a program"
            for each in verdicts
            if not each.programs
        ),
        *(
            f"{each.rule} is kept so far with a counterexample"
            for each in verdicts
            if each.counterexample
        ),
    ]


def _faults_of_replays(certificate: Certificate, contract: Contract) -> list[str]:
    said, verdicts = certificate.corpus, certificate.verdicts
    replayed = sum(verdict.replayed for verdict in verdicts)
    found = []
    if said.replayed != replayed:
        found.append(
            f"it says {said.replayed} programs of the corpus replayed; its verdicts come to"
            f" {replayed}"
        )
    found += [
        f"{verdict.rule} replayed more programs than it ran"
        for verdict in verdicts
        if verdict.replayed > verdict.programs > 0
    ]
    if said.digest != contract.corpus.digest:
        return found
    if said.programs != len(contract.corpus):
        found.append(
            f"it says that its corpus has {said.programs} programs; it has {len(contract.corpus)}"
        )
    for verdict in verdicts:
        passed = verdict.finding is Finding.PASSED
        known = contract.corpus.programs(verdict.rule)
        makes_sense = [each for each in known if _makes_sense(each, certificate, contract)]
        if verdict.replayed > len(known) or (passed and verdict.replayed < len(makes_sense)):
            found.append(
                f"{verdict.rule} replayed {verdict.replayed} programs of the corpus, which"
                f" has {len(known)} for it"
            )
    return found


def _makes_sense(program: Program, certificate: Certificate, contract: Contract) -> bool:
    """Tell whether a program is run as it is on a backend that can do what a certificate says."""
    said = certificate.backend.capabilities
    left_out = [part for part in contract.parts if said.get(part.name) is False]
    return (
        certificate.run.effort.has_time_for(program)
        and not any(said.get(need) is False for need in program.needs)
        and without_parts(program, left_out, contract.grammar) is program
    )
