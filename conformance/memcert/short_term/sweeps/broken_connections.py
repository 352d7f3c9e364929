"""Sweeps of cuts: every operation, cut at each packet, or with the server out of reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from memcert.engine.programs.fault import (
    CutConnection,
    Fault,
)
from memcert.engine.programs.fault_operation import (
    Accept,
    CutAll,
    Refuse,
)
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Read,
)
from memcert.short_term.sweeps.faults import (
    CHANGES,
    EXTENSIONS,
    FILLED,
    FORMS,
    LOOKS,
    TWO,
    swept,
)


def _cut_at(to_server: bool, delivered: bool) -> Callable[[int], Fault]:
    return lambda place: CutConnection(place, to_server, delivered)


CUT: dict[str, Callable[[int], Fault]] = {
    f"cut at each packet to the {where}, which {what}": _cut_at(to_server, delivered)
    for where, to_server in (("server", True), ("client", False))
    for what, delivered in (("is lost", False), ("arrives", True))
}

PACKETS = 4
"""How many packets in one direction are tried at first."""


def _added(place: int) -> Sequence[Operation]:
    """Return an addition after a fault, and what it shows: nothing may come later by its way."""
    return [Add((Message(f"z{place}"),)), Read()]


def cut() -> Sequence[Swept]:
    """Sweep every change, cut at every packet (CUT-01)."""
    return swept(CHANGES, CUT, PACKETS, extensions=EXTENSIONS, after=_added)


def cut_and_answered() -> Sequence[Swept]:
    """Sweep every operation, cut at every packet, and its answer (CUT-02)."""
    return swept(FORMS, CUT, PACKETS, extensions=EXTENSIONS)


def cut_and_used_again() -> Sequence[Swept]:
    """Sweep looks, cut at every packet, on a pool that another memory uses too (CUT-03)."""
    return swept(LOOKS, CUT, PACKETS, clients=TWO, pool=2)


def cut_while_idle() -> Sequence[Swept]:
    """Sweep every operation as the first one after idle connections were cut (CUT-04)."""
    return [
        Swept(
            Program(
                (
                    *FILLED,
                    *map(Step, form.before(0)),
                    Step(Read(), 1),
                    Step(CutAll()),
                    Step(form.operation(0)),
                    Step(Read()),
                    Step(Read(), 1),
                    Step(Read(), 1),
                ),
                clients=TWO,
            ),
            (f"{name}, after a cut while idle",),
        )
        for name, form in FORMS.items()
    ]


def unreachable(*, judges_errors: bool = False) -> Sequence[Swept]:
    """Sweep every operation while the server cannot be reached, and after it (CUT-05).

    Args:
        judges_errors: whether what it raises is looked at.
    """
    return [
        Swept(
            Program(
                (
                    *FILLED,
                    *map(Step, form.before(0)),
                    Step(Refuse()),
                    Step(form.operation(0)),
                    Step(Accept()),
                    Step(Read()),
                    *map(Step, form.before(1)),
                    Step(form.operation(1)),
                    Step(Read()),
                ),
                judges_errors=judges_errors,
            ),
            (f"{name}, while the server cannot be reached",),
        )
        for name, form in FORMS.items()
    ]


def cut_loudly() -> Sequence[Swept]:
    """Sweep every operation, cut, and what it raises (CUT-06)."""
    return [*swept(FORMS, CUT, PACKETS, judges_errors=True), *unreachable(judges_errors=True)]
