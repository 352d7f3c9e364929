"""Sweeps of every way that what is stored can take: every value at every position, each way.

A message is added, and then moves: into a state and back, out of a space and into another, through
a reopening, to another client or another process. What a way loses it loses of some values only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, Reopen, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Read, Summarise
from memcert.short_term.positions import (
    SIZE_POSITIONS,
    TEXT_POSITIONS,
    VALUE_POSITIONS,
    MessagePosition,
    everywhere,
)
from memcert.short_term.state_operations import (
    Export,
    ImportSaved,
    LoadSaved,
    LoadState,
    SaveState,
)
from memcert.short_term.sweeps.contents import FIELDS
from memcert.short_term.sweeps.dense import chunks, dense
from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.identifiers import IDENTIFIERS
from memcert.short_term.values.numbers import NUMBERS
from memcert.short_term.values.shapes import SHAPES
from memcert.short_term.values.texts import MAIN_TEXTS, SIZES, TEXTS
from memcert.short_term.values.value import Value
from memcert_reference.state import SUMMARY_KEY

Way = Callable[[Sequence[Operation]], Sequence[Operation | Step]]
"""Given what stores something, returns the steps by which that is stored and moves."""


class _Moved(NamedTuple):
    """Operations that store something, and the cells of what they store."""

    stored: Sequence[Operation]
    cells: Sequence[str]


_IN_BLOCKS = [each for each in TEXT_POSITIONS if isinstance(each.put("m0", "x").content, list)]
_IN_FIELDS = [each for each in TEXT_POSITIONS if each not in _IN_BLOCKS]


def _together(positions: Sequence[MessagePosition], values: Sequence[Value]) -> _Moved:
    """Return messages with a value at many positions, a message for each value."""
    messages = tuple(
        everywhere(positions, f"m{number}", value.value) for number, value in enumerate(values)
    )
    cells = [f"{position.name}: {value.name}" for position in positions for value in values]
    return _Moved([Add(messages)], cells)


@cache
def _everything() -> Sequence[_Moved]:
    """Return every value at every position, a few programs' worth."""
    kinds = tuple(Message(f"m{number}", each.value) for number, each in enumerate(CONTENTS))
    roles = [
        Message(f"r{number}", each.value, role=role)
        for number, each in enumerate(CONTENTS)
        for role in (("assistant", "system")[number % 2],)
    ]
    single = [
        Message(f"{name}{number}", **{name: value.value})
        for name, values in FIELDS.items()
        for number, value in enumerate(values)
    ]
    ids = tuple(Message(each.value) for each in IDENTIFIERS)
    marked = [
        Add((Message(f"n{number}"),), tuple(each.value for each in part))
        for number, part in enumerate(chunks(IDENTIFIERS, 8))
    ]
    return [
        _together(_IN_FIELDS, TEXTS),
        _together(_IN_BLOCKS, TEXTS),
        _together(VALUE_POSITIONS, NUMBERS),
        _together(VALUE_POSITIONS, SHAPES),
        _together(SIZE_POSITIONS[:1], SIZES[:-1]),
        _Moved([Add(kinds)], [f"content: {each.name}" for each in CONTENTS]),
        _Moved([Add(tuple(roles))], [f"content, another role: {each.name}" for each in CONTENTS]),
        _Moved(
            [Add(tuple(single))],
            [
                f"the {name} alone: {value.name}"
                for name, values in FIELDS.items()
                for value in values
            ],
        ),
        _Moved([Add(ids, ("a",))], [f"id: {each.name}" for each in IDENTIFIERS]),
        _Moved(marked, [f"mark: {each.name}" for each in IDENTIFIERS]),
        _Moved(
            [
                Add(
                    (Message(f"n{count}"),),
                    tuple(f"{number:03}{'k' * 252}" for number in range(count)),
                )
                for count in (4, 5, 17, 65)
            ],
            [f"marks of {255 * count:,} characters" for count in (4, 5, 17, 65)],
        ),
    ]


def moved(way: Way, name: str, **program: Any) -> Sequence[Swept]:
    """Sweep every value at every position, by one way.

    Args:
        way: the way.
        name: what it is called, before the names of its cells.
        program: what else its programs are.
    """
    return [
        dense(
            way(each.stored),
            [f"{name}, {cell}" for cell in each.cells],
            # A few of them go every way with any effort.
            long=number > 1,
            **{"looks": _looks(each), **program},
        )
        for number, each in enumerate(_everything())
    ]


def _looks(moved: _Moved) -> Looks:
    # Marks are seen by reading with them alone.
    return Looks.ONCE if len(moved.stored) > 1 else Looks.PLAINLY


def saved() -> Sequence[Swept]:
    """Sweep ``state_dict`` (STATE-01)."""
    return moved(lambda stored: [*stored, SaveState()], "state_dict", looks=Looks.NEVER)


def loaded() -> Sequence[Swept]:
    """Sweep loading what was saved (STATE-03)."""
    return [
        *moved(lambda stored: [*stored, SaveState(), Clear(), LoadSaved()], "load_state_dict"),
        *_summaries(
            lambda text: [Summarise(text), SaveState(), Summarise("other"), LoadSaved(), Read()],
            "load_state_dict",
        ),
    ]


def exported() -> Sequence[Swept]:
    """Sweep ``export_state`` (EXP-01)."""
    return [
        *moved(lambda stored: [*stored, Export()], "export_state", looks=Looks.NEVER),
        *_summaries(lambda text: [Summarise(text), Export()], "export_state"),
    ]


def imported() -> Sequence[Swept]:
    """Sweep ``import_state`` of what was exported, into another space (EXP-02)."""

    def way(stored: Sequence[Operation]) -> Sequence[Operation | Step]:
        return [*stored, Export(), Step(ImportSaved(), 1)]

    spaces: dict[str, Any] = {
        "spaces": (SpaceName(), SpaceName("u", "s")),
        "clients": (Client(0), Client(1)),
    }
    return [
        *moved(way, "import_state", **spaces),
        *_summaries(
            lambda text: [Summarise(text), Export(), Step(ImportSaved(), 1), Step(Read(), 1)],
            "import_state",
            **spaces,
        ),
    ]


def reopened() -> Sequence[Swept]:
    """Sweep closing and opening again, of messages (DUR-01)."""
    return moved(lambda stored: [*stored, Reopen()], "reopened")


def summaries_reopened() -> Sequence[Swept]:
    """Sweep closing and opening again, of summaries (DUR-02)."""
    return _summaries(lambda text: [Summarise(text), Reopen(), Read()], "reopened")


def summaries_loaded_and_reopened() -> Sequence[Swept]:
    """Sweep summaries that were loaded, after a reopening (DUR-08)."""
    return _summaries(
        lambda text: [
            LoadState({SUMMARY_KEY: text}, strict=False, watched=False),
            Reopen(),
            Read(),
        ],
        "loaded and reopened",
    )


TWO: dict[str, Any] = {"clients": (Client(), Client())}


def seen_by_another() -> Sequence[Swept]:
    """Sweep what a second client sees (DUR-03)."""
    return moved(lambda stored: stored, "another client", **TWO)


def summaries_seen_by_another() -> Sequence[Swept]:
    """Sweep what a second client sees of the summary (DUR-04)."""
    return _summaries(lambda text: [Summarise(text), Step(Read(), 1)], "another client", **TWO)


def seen_by_another_process() -> Sequence[Swept]:
    """Sweep what another process sees, and what this one sees of it (DUR-05)."""
    clients: dict[str, Any] = {"clients": (Client(), Client(process=True))}
    return [
        *moved(lambda stored: stored, "another process", **clients),
        *moved(
            lambda stored: [Step(operation, 1) for operation in stored],
            "from another process",
            **clients,
        ),
        *_summaries(lambda text: [Summarise(text), Step(Read(), 1)], "another process", **clients),
    ]


def summaries() -> Sequence[Swept]:
    """Sweep every text as the summary (SUM-01)."""
    return [
        *_summaries(lambda text: [Summarise(text), Read()], "update_compressed_summary", TEXTS),
        *(
            dense([Summarise(size.value)], [f"update_compressed_summary, summary: {size.name}"])
            for size in SIZES
        ),
    ]


def _summaries(
    way: Callable[[str], Sequence[Operation | Step]],
    name: str,
    values: Sequence[Value] = MAIN_TEXTS,
    **program: Any,
) -> Sequence[Swept]:
    steps = [step for value in values for step in way(value.value)]
    cells = [f"{name}, summary: {value.name}" for value in values]
    return [dense(steps, cells, long=True, **{"looks": Looks.NEVER, **program})]
