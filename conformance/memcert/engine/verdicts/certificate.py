"""The certificate: what was found, and all that is needed to find it again, as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from memcert.engine.contract import Contract
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import Certification
from memcert.engine.verdicts.level import Judgement, Standing, standing
from memcert.engine.verdicts.verdict import Counterexample, Finding
from memcert.engine.verdicts.versions import drivers, kit_version, platform
from memcert_backends.url_secrets import without_secrets
from memcert_reference.json_text import dump_json

Certificate = dict[str, Any]
"""A certificate as JSON data; ``reports/certificate.schema.json`` is its schema."""

FORMAT = 1
"""The version of the JSON form."""


class MalformedCertificate(Exception):
    """A certificate's JSON is not what it should be; one line that says where."""


def write_certificate(runner: Runner, plan: Plan, found: Certification) -> Certificate:
    """Return the certificate of a run.

    Args:
        runner: the backend that was judged.
        plan: what was asked.
        found: what was found.
    """
    contract, backend = runner.subject.contract, runner.subject.backend
    server = runner.subject.server
    verdicts = [
        {
            "rule": rule.id,
            **_described(rule),
            "finding": verdict.finding.value,
            "programs": verdict.programs,
            "replayed": verdict.replayed,
            "operations": verdict.operations,
            "faults": verdict.faults,
            "seconds": round(verdict.seconds, 3),
            "reason": verdict.reason,
            "counterexample": _counterexample(verdict.counterexample),
        }
        for rule, verdict in zip(contract.rules, found.verdicts, strict=True)
    ]
    reached = standing_of(verdicts)
    tally = found.tally
    certificate: Certificate = {
        "format": FORMAT,
        "kit": {"name": "memcert", "version": kit_version()},
        "contract": {
            "name": contract.name,
            "version": contract.version,
            "digest": contract.digest,
        },
        "corpus": {
            "digest": contract.corpus.digest,
            "programs": len(contract.corpus),
            "replayed": sum(verdict.replayed for verdict in found.verdicts),
        },
        "backend": {
            "name": backend.name,
            "specification": backend.specification,
            "capabilities": asdict(found.capabilities),
        },
        "store": None
        if server is None
        else {"store": server.store, "how": server.how, "version": server.version},
        "drivers": drivers(),
        "platform": platform(),
        "run": {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": plan.seed,
            "budget_seconds": found.budget,
            "rules": sorted(plan.rules),
            "seconds": round(found.seconds, 3),
            "programs": tally.programs,
            "long_programs": tally.long_programs,
            "operations": tally.operations,
            "faults": tally.faults,
            "observations": tally.observations,
            "backend_seconds": round(tally.backend_seconds, 3),
        },
        "level": {
            "asked": found.asked.value,
            "reached": reached.level.value if reached.level else None,
            "strict_failed": reached.strict_failed,
            "strict_unknown": reached.strict_unknown,
        },
        "verdicts": verdicts,
        "complaints": list(found.complaints),
    }
    return certificate | {"digest": digest_of(certificate)}


def standing_of(verdicts: Sequence[Mapping[str, Any]]) -> Standing:
    """Return what the verdicts of a certificate come to.

    Args:
        verdicts: as the certificate holds them.
    """
    return standing(
        {
            verdict["rule"]: Judgement(
                Level(verdict["level"]) if verdict["level"] else None,
                Consequence(verdict["consequence"]),
                passed=verdict["finding"] == Finding.PASSED.value,
                asked=verdict["finding"] != Finding.NOT_RUN.value,
                applicable=verdict["finding"] != Finding.NOT_APPLICABLE.value,
            )
            for verdict in verdicts
        }
    )


def succeeded(certificate: Certificate) -> bool:
    """Tell whether the asked level was reached and nothing is wrong with the deviations.

    Where only some rules were asked for, each of them must have passed.

    Args:
        certificate: the certificate.
    """
    if certificate["complaints"]:
        return False
    if certificate["run"]["rules"]:
        return all(
            verdict["finding"] == Finding.PASSED.value
            for verdict in certificate["verdicts"]
            if verdict["rule"] in certificate["run"]["rules"]
        )
    reached = certificate["level"]["reached"]
    return reached is not None and Level(reached).includes(Level(certificate["level"]["asked"]))


def digest_of(certificate: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a certificate without its digest, with its keys sorted.

    Args:
        certificate: the certificate, with or without its digest.
    """
    rest = {key: value for key, value in certificate.items() if key != "digest"}
    return hashlib.sha256(dump_json(_sorted(rest)).encode()).hexdigest()


def faults(certificate: Any, contract: Contract) -> list[str]:
    """Recompute what a certificate says of itself and return what does not hold, a line each.

    Args:
        certificate: the JSON data of a certificate.
        contract: the contract that this kit knows.

    Raises:
        MalformedCertificate: it is not a certificate.
    """
    try:
        return _faults(certificate, contract)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedCertificate(
            f"it is not a certificate of this format: {type(error).__name__} {error}"
        ) from error
    except RecursionError as error:
        raise MalformedCertificate("it is no certificate: it is nested too deep") from error


def other_corpus(certificate: Certificate, contract: Contract) -> str | None:
    """Return a line where a certificate was made with another corpus; None where it was not.

    That is no fault: a corpus may grow while the rules stay as they are.

    Args:
        certificate: the certificate.
        contract: the contract that this kit knows.
    """
    if certificate["corpus"]["digest"] == contract.corpus.digest:
        return None
    return (
        f"another corpus was used: this kit's has {len(contract.corpus)} programs,"
        f" SHA-256 {contract.corpus.digest}"
    )


def _faults(certificate: Certificate, contract: Contract) -> list[str]:
    if certificate["format"] != FORMAT:
        raise ValueError(f"format {certificate['format']!r}, this kit reads {FORMAT}")
    found = []
    if certificate["digest"] != digest_of(certificate):
        found.append("its digest does not match: it was changed after it was written")
    recomputed = standing_of(certificate["verdicts"])
    said = certificate["level"]
    level = recomputed.level.value if recomputed.level else None
    if said["reached"] != level:
        found.append(f"it says level {said['reached']}; its verdicts come to {level}")
    for count, what in (("strict_failed", "failed"), ("strict_unknown", "were not checked")):
        number = getattr(recomputed, count)
        if said[count] != number:
            found.append(
                f"it says {said[count]} strict rules {what}; its verdicts come to {number}"
            )
    found += [
        f"{verdict['rule']} passed without a program"
        for verdict in certificate["verdicts"]
        if verdict["finding"] == Finding.PASSED.value and not verdict["programs"]
    ]
    found += [
        f"{verdict['rule']} passed with a counterexample"
        for verdict in certificate["verdicts"]
        if verdict["finding"] == Finding.PASSED.value and verdict["counterexample"]
    ]
    found += [
        f"{verdict['rule']} is said not to apply, on a store that is no file"
        for verdict in certificate["verdicts"]
        if verdict["finding"] == Finding.NOT_APPLICABLE.value
        and not certificate["backend"]["capabilities"]["file"]
    ]
    found += _faults_of_replays(certificate, contract)
    found += [
        f"{verdict['rule']} passed without a fault"
        for verdict in certificate["verdicts"]
        if verdict["finding"] == Finding.PASSED.value
        and verdict["rule"] in contract.by_id
        and contract.by_id[verdict["rule"]].faults is Faults.NEEDED
        and not verdict["faults"]
    ]
    names = [verdict["rule"] for verdict in certificate["verdicts"]]
    found += [f"{name} is there more than once" for name in set(names) if names.count(name) > 1]
    if certificate["contract"]["version"] != contract.version:
        found.append(
            f"its contract is version {certificate['contract']['version']};"
            f" this kit knows {contract.version} and cannot compare the rules"
        )
        return found
    if certificate["contract"]["digest"] != contract.digest:
        found.append("its rules are not the rules of this contract's version")
    for verdict in certificate["verdicts"]:
        rule = contract.by_id.get(verdict["rule"])
        if rule is None:
            found.append(f"there is no rule {verdict['rule']!r} in this contract")
        elif _described(rule) != {key: verdict[key] for key in _described(rule)}:
            found.append(f"{rule.id} is not the rule that it says")
    missing = sorted(set(contract.by_id) - set(names))
    if missing:
        found.append(f"it says nothing of {', '.join(missing)}")
    return found


def _faults_of_replays(certificate: Certificate, contract: Contract) -> list[str]:
    said, verdicts = certificate["corpus"], certificate["verdicts"]
    replayed = sum(verdict["replayed"] for verdict in verdicts)
    found = []
    if said["replayed"] != replayed:
        found.append(
            f"it says {said['replayed']} programs of the corpus replayed; its verdicts come to"
            f" {replayed}"
        )
    found += [
        f"{verdict['rule']} replayed more programs than it ran"
        for verdict in verdicts
        if verdict["replayed"] > verdict["programs"] > 0
    ]
    if said["digest"] != contract.corpus.digest:
        return found
    if said["programs"] != len(contract.corpus):
        found.append(
            f"it says that its corpus has {said['programs']} programs; it has"
            f" {len(contract.corpus)}"
        )
    for verdict in verdicts:
        passed = verdict["finding"] == Finding.PASSED.value
        known = len(contract.corpus.programs(verdict["rule"]))
        if verdict["replayed"] > known or (passed and verdict["replayed"] < known):
            found.append(
                f"{verdict['rule']} replayed {verdict['replayed']} programs of the corpus, which"
                f" has {known} for it"
            )
    return found


def _described(rule: Rule) -> dict[str, str | None]:
    return {
        "text": rule.text,
        "level": rule.level.value if rule.level else None,
        "consequence": rule.consequence.value,
    }


def _counterexample(counterexample: Counterexample | None) -> dict[str, Any] | None:
    if counterexample is None:
        return None
    divergence = asdict(counterexample.divergence)
    for part in ("expected", "observed"):
        divergence[part] = without_secrets(divergence[part])
    return {
        "program": counterexample.program.to_json(),
        **divergence,
        "refused": list(divergence["refused"]),
    }


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
