"""A run: every measurement of every backend."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from rich.console import Console

from memcert.engine.clients.handle import BadFactory
from memcert.engine.verdicts.drivers import known_drivers
from memcert.engine.verdicts.versions import kit_version
from memcert.measure import bulk_deletion, counts, growth, large_messages, pool, reading
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Held, Line, Part, judged, not_measured
from memcert.measure.machine import load, machine
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.plan import MeasurementPlan
from memcert.resolver import UnknownBackend, resolve
from memcert_backends.servers import Server, ServerUnavailable, start
from memcert_reference import JSONValue


class Measurement(NamedTuple):
    """Something that is measured."""

    title: str
    """What it is, for reports."""
    measure: Callable[[MeasuredBackend, MeasurementPlan, MeasurementDisplay], Awaitable[Part]]
    """Measures it."""


MEASUREMENTS = {
    "counts": Measurement(counts.TITLE, counts.measure),
    "growth": Measurement(growth.TITLE, growth.measure),
    "reading": Measurement(reading.TITLE, reading.measure),
    "bulk": Measurement(bulk_deletion.TITLE, bulk_deletion.measure),
    "pool": Measurement(pool.TITLE, pool.measure),
    "limits": Measurement(large_messages.TITLE, large_messages.measure),
}
"""Every measurement, by a short name."""

PART_SECONDS = 1200.0
"""How long a measurement of one backend may take, so that one that hangs ends."""


@dataclass
class Measured:
    """What was found about one backend.

    Args:
        name: the backend.
        server: its store; None where it has none, or could not be started.
        parts: the measurements.
    """

    name: str
    server: Server | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """What must hold, of every measurement."""
        return [line for part in self.parts for line in part.lines]


@dataclass
class Run:
    """What was found, and where.

    Args:
        plan: how much was measured.
        backends: what was found about each.
        about: the kit, the machine, versions and the date.
    """

    plan: MeasurementPlan
    backends: list[Measured]
    about: dict[str, JSONValue]

    def count(self, held: Held) -> int:
        """Return how many lines have an outcome.

        Args:
            held: the outcome.
        """
        return sum(line.held is held for each in self.backends for line in each.lines)


def run(
    names: Mapping[str, str | None],
    chosen: Collection[str],
    plan: MeasurementPlan,
    console: Console,
) -> Run:
    """Measure backends, each measurement on all of them before the next one.

    Args:
        names: the backends, each with how its store is started, None for a real server.
        chosen: which of `MEASUREMENTS`.
        plan: how much to measure.
        console: where progress is shown.

    Raises:
        UnknownBackend: a name leads to no backend.
    """
    about: dict[str, JSONValue] = {
        "kit": kit_version(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "measured": [each for each in MEASUREMENTS if each in chosen],
        "load_before": load(),
    }
    watch, token = MeasurementDisplay(console), uuid.uuid4().hex[:8]
    found = [Measured(name) for name in names]
    with ExitStack() as servers:
        subjects = [_subject(measured, names[measured.name], token, servers) for measured in found]
        with asyncio.Runner() as runner:
            for measurement in (MEASUREMENTS[each] for each in MEASUREMENTS if each in chosen):
                for subject, measured in zip(subjects, found, strict=True):
                    if subject is not None:
                        with watch.measuring(measured.name, measurement.title):
                            part = runner.run(_part(measurement, subject, plan, watch))
                        measured.parts.append(part)
    return Run(plan, found, about | {"load_after": load(), "drivers": dict(known_drivers())})


def _subject(
    measured: Measured, how: str | None, token: str, servers: ExitStack
) -> MeasuredBackend | None:
    """Start a backend's store; where that cannot be had, the line that says so is all there is."""
    try:
        backend = resolve(measured.name)
        if backend.store is not None:
            measured.server = servers.enter_context(
                start(backend.store, how or _real(backend.store))
            )
    except ServerUnavailable as error:
        measured.parts.append(Part("all of it", lines=[not_measured("every line", str(error))]))
        return None
    return MeasuredBackend(backend, measured.server, token)


def _real(store: str) -> str | None:
    """Return how a store is started for real; None for its own default."""
    return "process" if store == "redis" else None


async def _part(
    measurement: Measurement,
    subject: MeasuredBackend,
    plan: MeasurementPlan,
    watch: MeasurementDisplay,
) -> Part:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await measurement.measure(subject, plan, watch)
    except (ServerUnavailable, BadFactory, UnknownBackend):
        raise
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return Part(measurement.title, lines=[judged("it can be measured", False, told)])
