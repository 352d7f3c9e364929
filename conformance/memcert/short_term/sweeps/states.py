"""Sweeps of states, of objects that a caller keeps, and of what is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.kept_operations import (
    KeepAdded,
    KeepExport,
    KeepRead,
    KeepState,
    LookAtKept,
)
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Summarise
from memcert.short_term.sharing_operations import (
    AddThenSpoil,
    DeleteThenSpoil,
    ReadThenSpoil,
    UpdateMarksThenSpoil,
)
from memcert.short_term.state_operations import (
    ImportThenSpoil,
    LoadSaved,
    SaveState,
    SaveStateThenSpoil,
)
from memcert.short_term.sweeps.dense import dense
from memcert.short_term.sweeps.sequences import EXTENSIONS, FORMS
from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.states import GOOD_CONTENTS
from memcert_reference.state import SUMMARY_KEY

FILLED: tuple[Operation, ...] = (
    Add((Message("m0"), Message("m1", metadata={"k": ["v", {"l": {}}]})), ("a", "b")),
    Add((Message("m2", [{"type": "text", "text": "x"}]),)),
    Summarise("s"),
)
"""Something of everything."""


Kept = KeepState | KeepExport | KeepRead


def _kept(
    keep: Kept, what: str, extensions: Mapping[str, Operation] = MappingProxyType({})
) -> Sequence[Swept]:
    """Sweep what a caller keeps, with every operation done before it looks again."""
    operations: list[Operation] = [*FILLED]
    forms = {**FORMS, **extensions}
    for form in forms.values():
        # What the one before left out is there again. What is kept first must not follow what is
        # got from the memory later.
        operations += [*FILLED, keep, form, replace(keep, place=1), LookAtKept()]
    cells = [f"{what} kept, then {name}" for name in forms]
    return [dense(operations, cells)]


def kept_states() -> Sequence[Swept]:
    """Sweep a state that a caller keeps (STATE-02)."""
    spoilt = [dense([*FILLED, SaveStateThenSpoil()], ["a state is spoilt"], looks=Looks.ONCE)]
    return [*_kept(KeepState(), "a state"), *spoilt]


def kept_exports() -> Sequence[Swept]:
    """Sweep an exported state that a caller keeps (EXP-01)."""
    return _kept(KeepExport(), "an exported state", EXTENSIONS)


def kept_messages() -> Sequence[Swept]:
    """Sweep messages that a read returned and a caller keeps, or spoils (ADD-09)."""
    contents = tuple(
        Message(f"m{number}", each.value, metadata={"k": [{"l": []}]})
        for number, each in enumerate(CONTENTS)
    )
    return [
        *_kept(KeepRead(), "what a read returned"),
        dense(
            [Add(contents), Summarise("s"), ReadThenSpoil()],
            [f"what a read returned is spoilt, content: {each.name}" for each in CONTENTS],
        ),
    ]


def added_and_kept() -> Sequence[Swept]:
    """Sweep messages that a caller adds, and keeps or spoils (ADD-08)."""
    operations: list[Operation] = []
    for number, form in enumerate(FORMS.values()):
        messages = (Message("m0", metadata={"k": []}), Message(f"k{number}", []))
        operations += [KeepAdded(messages, ("b", "a", "b")), form, LookAtKept()]
    spoilt = [
        AddThenSpoil(Message(f"m{number}", each.value, metadata={"k": [{"l": []}]}), marks)
        for number, each in enumerate(CONTENTS)
        for marks in ((("a",), (), ("a", "b"))[number % 3],)
    ]
    return [
        dense(operations, [f"what was added kept, then {name}" for name in FORMS]),
        dense(
            spoilt,
            [f"what was added is spoilt, content: {each.name}" for each in CONTENTS],
            looks=Looks.ONCE,
        ),
        dense(
            [
                Add((Message("m0"), Message("m1"), Message("m2"))),
                UpdateMarksThenSpoil("a", ("m0", "m1")),
                DeleteThenSpoil(("m1", "m2")),
            ],
            ["ids are spoilt, update_messages_mark", "ids are spoilt, delete"],
            looks=Looks.ONCE,
        ),
    ]


def spoilt_after_importing() -> Sequence[Swept]:
    """Sweep what a caller does to a state after importing it (EXP-02)."""
    return [
        dense(
            [*FILLED, ImportThenSpoil({SUMMARY_KEY: "t", "content": each.value})],
            [f"imported and spoilt: {each.name}"],
            looks=Looks.ONCE,
        )
        for each in GOOD_CONTENTS
    ]


def saved_and_loaded_after() -> Sequence[Swept]:
    """Sweep loading what was saved after every operation in between (STATE-03)."""
    return [
        dense(
            [*FILLED, SaveState(), form, LoadSaved()],
            [f"saved, then {name}, then loaded"],
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ] + [
        dense(
            [*FILLED, SaveState(), LoadSaved(), form, LoadSaved()],
            [f"saved and loaded, then {name}, then loaded again"],
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ]


def emptied_first() -> Sequence[Swept]:
    """Sweep every operation after ``clear`` (CLR-03)."""
    plain = [
        dense(
            [Add((Message("m0"), Message("m1")), ("a", "b")), Clear(), form],
            [f"cleared where there was no summary, then {name}"],
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ]
    return plain + [
        dense(
            [*FILLED, Clear(), form, *FILLED, Clear()],
            [f"cleared, then {name}"],
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ]
