"""Writing the certificate of a run."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

from memcert.engine.rule import Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.attribution import FoundCause
from memcert.engine.verdicts.certificate import (
    FORMAT,
    Certificate,
    CertifiedBackend,
    CertifiedCause,
    CertifiedContract,
    CertifiedCorpus,
    CertifiedCounterexample,
    CertifiedKit,
    CertifiedLevel,
    CertifiedPlatform,
    CertifiedRun,
    CertifiedStore,
    CertifiedVerdict,
)
from memcert.engine.verdicts.certificate_json import certificate_json, digest_of
from memcert.engine.verdicts.certification import Certification
from memcert.engine.verdicts.drivers import drivers
from memcert.engine.verdicts.success import standing_of
from memcert.engine.verdicts.verdict import Counterexample, Verdict
from memcert.engine.verdicts.versions import kit_version, platform
from memcert_backends.url_secrets import without_secrets


def write_certificate(runner: Runner, plan: Plan, found: Certification) -> Certificate:
    """Return the certificate of a run.

    Args:
        runner: the backend that was judged.
        plan: what was asked.
        found: what was found.
    """
    contract, backend = runner.subject.contract, runner.subject.backend
    server, corpus, tally = runner.subject.server, contract.corpus, found.tally
    verdicts = tuple(map(_verdict, contract.rules, found.verdicts))
    reached = standing_of(verdicts)
    certificate = Certificate(
        FORMAT,
        CertifiedKit("memcert", kit_version()),
        CertifiedContract(contract.name, contract.version, contract.digest),
        CertifiedCorpus(
            corpus.digest, len(corpus), sum(verdict.replayed for verdict in found.verdicts)
        ),
        CertifiedBackend(backend.name, backend.specification, asdict(found.capabilities)),
        None if server is None else CertifiedStore(server.store, server.how, server.version),
        drivers(backend),
        CertifiedPlatform(**platform()),
        CertifiedRun(
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=plan.seed,
            effort=plan.effort,
            time_limit=plan.seconds,
            rules=tuple(sorted(plan.rules)),
            seconds=round(found.seconds, 3),
            programs=tally.programs,
            drawn=tally.drawn,
            long_programs=tally.long_programs,
            cells=tally.cells,
            cells_in_all=sum(verdict.cells_in_all for verdict in found.verdicts),
            operations=tally.operations,
            faults=tally.faults,
            observations=tally.observations,
            backend_seconds=round(tally.backend_seconds, 3),
        ),
        CertifiedLevel(found.asked, reached.level, reached.strict_failed, reached.strict_unknown),
        verdicts,
        tuple(map(_cause, found.causes)),
        tuple(found.complaints),
        digest="",
    )
    return replace(certificate, digest=digest_of(certificate_json(certificate)))


def _verdict(rule: Rule, verdict: Verdict) -> CertifiedVerdict:
    return CertifiedVerdict(
        rule=rule.id,
        text=rule.text,
        level=rule.level,
        consequence=rule.consequence,
        finding=verdict.finding,
        programs=verdict.programs,
        replayed=verdict.replayed,
        drawn=verdict.drawn,
        cells=verdict.cells,
        cells_in_all=verdict.cells_in_all,
        operations=verdict.operations,
        faults=verdict.faults,
        seconds=round(verdict.seconds, 3),
        reason=verdict.reason,
        part=verdict.part,
        counterexample=_counterexample(verdict.counterexample),
    )


def _cause(found: FoundCause) -> CertifiedCause:
    cause = found.cause
    return CertifiedCause(
        cause.rule,
        cause.consequence,
        tuple(found.fails),
        tuple(found.hides),
        "" if found.deviation is None else found.deviation.reason,
        _certified(cause.counterexample),
    )


def _counterexample(counterexample: Counterexample | None) -> CertifiedCounterexample | None:
    return None if counterexample is None else _certified(counterexample)


def _certified(counterexample: Counterexample) -> CertifiedCounterexample:
    divergence = counterexample.divergence
    return CertifiedCounterexample(
        counterexample.program.to_json(),
        divergence.step,
        divergence.operation,
        without_secrets(divergence.expected),
        without_secrets(divergence.observed),
        divergence.hang,
        divergence.refused,
        divergence.client,
        divergence.look,
    )
