"""Sweeps of faults: every operation, struck at every await or packet that it has.

A program does one kind of operation again and again, each time on messages of its own, and each
time struck one place later; after each, a read shows what became of it. If even the last one was
struck, there may be more places, and a longer program follows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from memcert.engine.programs.fault import (
    Fault,
)
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.state_operations import Export, Import
from memcert.short_term.values.states import entry
from memcert_reference.state import SUMMARY_KEY


class Struck(NamedTuple):
    """What is struck, given the number of the place, and what shows what became of it."""

    operation: Callable[[int], Operation]
    look: Callable[[int], Operation]
    before: Callable[[int], Sequence[Operation]] = lambda place: ()


def _read(place: int) -> Operation:
    return Read()


def _marked(place: int) -> Sequence[Operation]:
    """Return what gives two messages a mark of the place."""
    return [
        Add((Message(f"p{place}"), Message(f"q{place}")), (f"k{place}",)),
        Add((Message(f"r{place}"),), (f"l{place}",)),
    ]


CHANGES: dict[str, Struck] = {
    "add a message": Struck(lambda n: Add((Message(f"n{n}"),), ("a",), alone=True), _read),
    "add a list": Struck(
        lambda n: Add(tuple(Message(f"n{n}{part}") for part in "xyz"), ("a", "b")), _read
    ),
    "delete": Struck(lambda n: Delete((f"p{n}", f"q{n}", "m0")), _read, _marked),
    "delete_by_mark": Struck(lambda n: DeleteByMark((f"k{n}", f"l{n}")), _read, _marked),
    "clear": Struck(lambda n: Clear(), _read, _marked),
    "mark ids": Struck(lambda n: UpdateMarks(f"u{n}", ids=("m0", "m1")), lambda n: Read(f"u{n}")),
    "mark all": Struck(lambda n: UpdateMarks(f"v{n}"), lambda n: Read(f"v{n}")),
    "replace a mark": Struck(
        lambda n: UpdateMarks(f"w{n}", f"k{n}"), lambda n: Read(f"w{n}"), _marked
    ),
    "remove a mark": Struck(lambda n: UpdateMarks(None, f"k{n}"), lambda n: Read(f"k{n}"), _marked),
    "summary": Struck(lambda n: Summarise(f"s{n}"), _read),
}
"""Every change."""


def _answered_before(*looks: Operation) -> Callable[[int], Sequence[Operation]]:
    """Return what asks for answers, and changes what they were: old ones must not come again."""
    return lambda place: [*looks, Add((Message(f"y{place}"),), ("c",))]


LOOKS: dict[str, Struck] = {
    "read": Struck(lambda n: Read(), _read, _answered_before(Read())),
    "read a mark": Struck(lambda n: Read("c"), _read, _answered_before(Read("c"))),
    "size": Struck(lambda n: Size(), _read, _answered_before(Size())),
}

FORMS: dict[str, Struck] = CHANGES | LOOKS

EXTENSIONS: dict[str, Struck] = {
    "import": Struck(
        lambda n: Import({SUMMARY_KEY: f"i{n}", "content": [entry("m0", ("c",)), entry(f"i{n}")]}),
        _read,
    ),
    "export": Struck(lambda n: Export(0), _read, _answered_before(Export(1))),
}
"""Every operation of the extension."""

FILLED = (Step(Add((Message("m0"), Message("m1")), ("c",))), Step(Summarise("before")))

ONE, TWO = (Client(),), (Client(), Client())

ELSEWHERE = (Client(process=True), Client())


def _series(
    form: Struck,
    fault: Callable[[int], Fault],
    places: range,
    after: Callable[[int], Sequence[Operation]] | None = None,
    **program: Any,
) -> Program:
    """Return a program that meets a fault at so many places, one after the other.

    Args:
        form: what is struck.
        fault: what strikes it at a place.
        places: which.
        after: what is done once a place was looked at.
        program: what else the program is.
    """
    clients = program.get("clients", ONE)
    steps = [*FILLED]
    for place in places:
        steps += map(Step, form.before(place))
        steps.append(Step(form.operation(place), 0, fault(place)))
        # Whoever is there sees the same; the one that was struck connects again.
        steps += (Step(form.look(place), number) for number in range(len(clients)))
        steps += map(Step, () if after is None else after(place))
    return Program(tuple(steps), **program)


def swept(
    known: dict[str, Struck],
    faults: dict[str, Callable[[int], Fault]],
    places: int,
    *,
    endless: bool = False,
    long: bool = False,
    extensions: dict[str, Struck] | None = None,
    **program: Any,
) -> Sequence[Swept]:
    """Return a series for each form and fault.

    Args:
        known: what is struck.
        faults: what strikes it.
        places: how many places are tried by each program.
        extensions: what is struck where there is the extension.
        long: whether they take so long that quick effort leaves them out.
        endless: whether it strikes at any place, however late, so that there is no last one.
        program: what else the programs are.
    """

    def following(form: Struck, fault: Callable[[int], Fault]) -> Callable[[int], Program]:
        return lambda first: _series(form, fault, range(first, first + places), **program)

    return [
        Swept(
            _series(form, fault, range(places), **program),
            (f"{name}, {what}",),
            None if endless else following(form, fault),
            places,
            long,
        )
        for name, form in (known | (extensions or {})).items()
        for what, fault in faults.items()
    ]
