"""Sweeps of cancellations: every operation, cancelled at each await that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from memcert.engine.programs.fault import (
    Cancel,
    Fault,
)
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Summarise,
)
from memcert.short_term.sweeps.faults import (
    EXTENSIONS,
    FILLED,
    FORMS,
    TWO,
    Struck,
    swept,
)

CANCELLED: dict[str, Callable[[int], Fault]] = {
    "cancelled at each await": Cancel,
    "cancelled twice at each await": lambda place: Cancel(place, 2),
    "cancelled at each await, and again at the next": lambda place: Cancel(place, later=1),
}

AWAITS = 8
"""How many awaits are tried by a program; others follow as long as there are more."""


def _changed(place: int) -> Sequence[Operation]:
    """Return changes that must work after a fault, and additions that were struck, once more."""
    again = (Message(f"n{place}"), Message(f"n{place}x"))
    return [Summarise(f"t{place}"), Add((Message(f"t{place}"),)), Add(again)]


_ONCE = {name: CANCELLED[name] for name in [*CANCELLED][:1]}


def cancelled() -> Sequence[Swept]:
    """Sweep every operation, cancelled once and twice (CAN-01)."""
    return swept(FORMS, CANCELLED, AWAITS, extensions=EXTENSIONS)


def cancelled_on_a_pool() -> Sequence[Swept]:
    """Sweep every operation, cancelled on a pool of one connection (CAN-02)."""
    return swept(FORMS, _ONCE, AWAITS, pool=1, after=_changed, extensions=EXTENSIONS)


def cancelled_beside_another() -> Sequence[Swept]:
    """Sweep every operation, cancelled beside another memory (CAN-03)."""
    return swept(FORMS, _ONCE, AWAITS, clients=TWO, after=_changed, extensions=EXTENSIONS)


def cancelled_loudly() -> Sequence[Swept]:
    """Sweep every operation, cancelled, and what it raises (CAN-04)."""
    return swept(FORMS, _ONCE, AWAITS, judges_errors=True, extensions=EXTENSIONS)


def cancelled_while_others_run() -> Sequence[Swept]:
    """Sweep operations that are cancelled while others run on the same memory (CAN-05)."""
    struck = {name: FORMS[name] for name in ("add a list", "read")}
    waiting = [
        _beside(name, form, other, running, place, "after it started")
        for name, form in struck.items()
        for other, running in FORMS.items()
        for place in range(2)
    ]
    running = [
        _beside(name, form, other, FORMS[other], place, "before it started")
        for name, form in FORMS.items()
        for other in ("add a message", "size")
        for place in range(3)
    ]
    return [*waiting, *running]


def _beside(name: str, form: Struck, other: str, running: Struck, place: int, when: str) -> Swept:
    """Return a program of an operation that is cancelled beside another one, and of a third."""
    before = (*FILLED, *map(Step, form.before(0)), *map(Step, running.before(1)))
    struck = (Step(form.operation(0), 0, Cancel(place)),)
    another = (Step(running.operation(1)), Step(Add((Message("m7"),), ("d",))))
    branches = (another, struck) if when.startswith("after") else (struck, another)
    return Swept(
        Program(before, branches=branches, pool=1),
        (f"{name} cancelled at await {place}, {when}: {other}",),
        long=place > 0,
    )
