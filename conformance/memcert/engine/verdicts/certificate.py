"""The certificate: what was found, and all that is needed to find it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from memcert.engine.judging.divergence import Divergence
from memcert.engine.rule import Consequence, Level
from memcert.engine.search.effort import Effort
from memcert.engine.verdicts.verdict import Finding

FORMAT = 3
"""The version of the JSON form."""

Capability: TypeAlias = bool | int | str | None
"""What a backend can do in one respect: most are true or false, and some are a limit."""


@dataclass(frozen=True)
class CertifiedKit:
    """Who judged.

    Args:
        name: ``memcert``.
        version: its version.
    """

    name: str
    version: str


@dataclass(frozen=True)
class CertifiedContract:
    """What a backend was judged by.

    Args:
        name: the contract's name.
        version: its version.
        digest: the SHA-256 of the rules' ids, levels, consequences and texts.
    """

    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class CertifiedCorpus:
    """The corpus.

    Args:
        digest: the SHA-256 of the rules, names and programs.
        programs: how many it has; those that a rule has twice are counted once.
        replayed: how many were run.
    """

    digest: str
    programs: int
    replayed: int


@dataclass(frozen=True)
class CertifiedBackend:
    """What was judged.

    Args:
        name: how reports name it.
        specification: how to name it on the command line.
        capabilities: what it can do, by the names that the contract has for it.
    """

    name: str
    specification: str
    capabilities: Mapping[str, Capability]

    @property
    def durable(self) -> bool:
        """Whether it declares to keep what was stored."""
        return bool(self.capabilities["durable"])

    @property
    def can_crash(self) -> bool:
        """Whether the kit can kill its server and start it again."""
        return bool(self.capabilities["crash"])

    @property
    def is_file(self) -> bool:
        """Whether its store is a file, so that there is no server."""
        return bool(self.capabilities["file"])

    @property
    def is_process_local(self) -> bool:
        """Whether it declares that its data live in one process."""
        # Certificates made before there was such a declaration lack it.
        return bool(self.capabilities.get("process_local", False))


@dataclass(frozen=True)
class CertifiedStore:
    """The store that the kit started or was given.

    Args:
        store: its name.
        how: how it was started.
        version: what ran there.
    """

    store: str
    how: str
    version: str


@dataclass(frozen=True)
class CertifiedPlatform:
    """What the run ran on.

    Args:
        python: Python's version.
        implementation: which Python that is.
        system: the operating system.
        release: its release.
        machine: the kind of machine.
    """

    python: str
    implementation: str
    system: str
    release: str
    machine: str


@dataclass(frozen=True)
class CertifiedRun:
    """What was asked and what was run.

    Args:
        date: when the certificate was written, in UTC, as ISO 8601.
        seed: what the generated programs depend on.
        effort: how many random programs each rule got.
        time_limit: how long it could take, in seconds.
        rules: the only rules that were asked for; none for all of the level.
        seconds: how long it took, in seconds.
        programs: how many programs were run, shrinking left out.
        drawn: how many of them were random.
        long_programs: how many of these had at least twenty operations.
        cells: how many cells were covered.
        cells_in_all: how many the rules that were checked have.
        operations: how many operations they did.
        faults: how many faults took place: cancellations, cuts, kills.
        observations: how many operations were done to look at the state.
        backend_seconds: the time in the backend's operations, observations included, in seconds.
    """

    date: str
    seed: int
    effort: Effort
    time_limit: float
    rules: tuple[str, ...]
    seconds: float
    programs: int
    drawn: int
    long_programs: int
    cells: int
    cells_in_all: int
    operations: int
    faults: int
    observations: int
    backend_seconds: float


@dataclass(frozen=True)
class CertifiedLevel:
    """What the verdicts come to.

    Args:
        asked: the level that was asked for.
        reached: the level that was reached, if one was.
        strict_failed: how many rules on refusing bad input were checked and not passed.
        strict_unknown: how many of them were not checked.
    """

    asked: Level
    reached: Level | None
    strict_failed: int
    strict_unknown: int


@dataclass(frozen=True)
class CertifiedCounterexample:
    """The smallest program found that breaks a rule, and where the backend went wrong.

    Args:
        program: its JSON form, which the contract's operations are needed to read.
        step: the number of the step where they came apart, from 0.
        operation: what was asked of the memory, as Python.
        expected: what the model did.
        observed: what the backend did.
        hang: whether it did not end within its time limit.
        refused: the numbers of the steps before it that raised an error, as they must.
        client: the number of the client who asked.
        look: whether it was a look at the state after the step, and not the step itself.
    """

    program: Mapping[str, Any]
    step: int
    operation: str
    expected: str
    observed: str
    hang: bool
    refused: tuple[int, ...]
    client: int
    look: bool

    @property
    def steps(self) -> int:
        """How many steps the program has."""
        return len(self.program["steps"])

    @property
    def divergence(self) -> Divergence:
        """Where the backend and the model came apart."""
        return Divergence(
            self.step,
            self.operation,
            self.expected,
            self.observed,
            self.hang,
            self.refused,
            client=self.client,
            look=self.look,
        )


@dataclass(frozen=True)
class CertifiedVerdict:
    """What was found of one rule.

    Args:
        rule: its id.
        text: its sentence.
        level: its level; None for an extension.
        consequence: what breaking it means.
        finding: what was found.
        programs: how many programs were run for it, shrinking left out.
        replayed: how many of them are of the corpus.
        drawn: how many of them are random.
        cells: how many cells of the rule they covered.
        cells_in_all: how many it has.
        operations: how many operations they did.
        faults: how many faults took place in them.
        seconds: how long it took, shrinking included, in seconds.
        reason: why it is unsupported, kept so far or was not run, or the reason of a known
            deviation.
        part: what a level is without, if the rule is about a part that the backend leaves out.
        counterexample: what breaks it, if it failed or deviates.
    """

    rule: str
    text: str
    level: Level | None
    consequence: Consequence
    finding: Finding
    programs: int
    replayed: int
    drawn: int
    cells: int
    cells_in_all: int
    operations: int
    faults: int
    seconds: float
    reason: str
    part: str
    counterexample: CertifiedCounterexample | None


@dataclass(frozen=True)
class CertifiedCause:
    """What makes rules fail: one entry, however many of them.

    Args:
        rule: the id of the rule that is about it.
        consequence: what it means.
        fails: the ids of the rules that it fails.
        hides: the ids of those that cannot be judged because of it.
        deviation: why it is accepted, if it is a known deviation.
        counterexample: the smallest program that shows it.
    """

    rule: str
    consequence: Consequence
    fails: tuple[str, ...]
    hides: tuple[str, ...]
    deviation: str
    counterexample: CertifiedCounterexample


@dataclass(frozen=True)
class Certificate:
    """What was found of one backend. The fields are those of the JSON form, in its order.

    Args:
        format: the version of the JSON form.
        kit: who judged.
        contract: what the backend was judged by.
        corpus: the corpus.
        backend: what was judged.
        store: the store; None where the backend brings its own.
        drivers: the versions of what decides what the store does, by the module that is imported.
        platform: what the run ran on.
        run: what was asked and what was run.
        level: what the verdicts come to.
        verdicts: one for every rule of the contract.
        causes: why rules failed, what hurts most first.
        complaints: what is wrong with the known deviations.
        digest: the SHA-256 of the rest, as compact JSON with sorted keys.
    """

    format: int
    kit: CertifiedKit
    contract: CertifiedContract
    corpus: CertifiedCorpus
    backend: CertifiedBackend
    store: CertifiedStore | None
    drivers: Mapping[str, str]
    platform: CertifiedPlatform
    run: CertifiedRun
    level: CertifiedLevel
    verdicts: tuple[CertifiedVerdict, ...]
    causes: tuple[CertifiedCause, ...]
    complaints: tuple[str, ...]
    digest: str
