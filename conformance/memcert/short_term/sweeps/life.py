"""Sweeps of a memory's life: first use, closing, being beside others."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.program import Client, Looks, Program, Reopen, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Size
from memcert.short_term.state_operations import Close
from memcert.short_term.sweeps.dense import dense
from memcert.short_term.sweeps.sequences import FORMS


def closed_alone() -> Sequence[Swept]:
    """Sweep both ways to close (LIFE-01)."""
    return [
        dense([*before, Close(block)], [f"{how}, {name}"])
        for how, block in (("close", False), ("async with", True))
        for name, before in (
            ("unused", []),
            ("after a message", [Add((Message("m0"),))]),
        )
    ]


def closed_beside_others() -> Sequence[Swept]:
    """Sweep closing one memory, and every operation of another (LIFE-02)."""
    swept: list[Swept] = []
    for where, spaces, other in (
        ("its space", (SpaceName(),), Client(0)),
        ("another space", (SpaceName(), SpaceName("u", "s")), Client(1)),
    ):
        for name, form in FORMS.items():
            block = len(swept) % 2 == 1
            steps = (
                Step(Add((Message("m0"), Message("m1")), ("a", "b")), 0),
                Step(Add((Message("m0"), Message("m1")), ("a", "b")), 1),
                Step(Close(block), 0),
                Step(form, 1),
                Step(Reopen(), 0),
                Step(form, 0),
            )
            program = Program(steps, spaces, (Client(0), other), looks=Looks.ONCE)
            swept.append(Swept(program, (f"closed in {where}, then {name}",)))
    return swept


def first_on_a_database() -> Sequence[Swept]:
    """Sweep every operation as the first one on a new database (DUR-07)."""
    return [
        Swept(
            Program(
                (Step(form), Step(Add((Message("m0"),), ("a",))), Step(Size())), fresh_store=True
            ),
            (f"first of all: {name}",),
        )
        for name, form in FORMS.items()
    ]
