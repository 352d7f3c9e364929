"""Sweeps of what single operations change and leave alone."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.misuse import AddWith, CallWith
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
from memcert.short_term.state_operations import LoadState
from memcert.short_term.sweeps.combinations import marked
from memcert.short_term.sweeps.dense import dense
from memcert.short_term.sweeps.refusals import NOT_JSON
from memcert.short_term.sweeps.sequences import EXTENSIONS, FORMS
from memcert.short_term.sweeps.states import FILLED
from memcert.short_term.values.states import entry
from memcert_reference.state import SUMMARY_KEY


def added_beside_a_summary() -> Sequence[Swept]:
    """Sweep messages that look like the summary (ADD-01)."""
    like = Message("m0", "s", "user"), Message("user", "s", "user"), Message("s", "s", "s")
    return [
        dense([Summarise("s"), Add(like), Size()], ["add, a list: like the summary"]),
        dense([Summarise("s"), Add(like[:1], alone=True)], ["add, one message: like the summary"]),
        dense([Add(like), Summarise("s"), Add(like[:1])], ["add, before: like the summary"]),
    ]


def counted() -> Sequence[Swept]:
    """Sweep ``size`` after every operation (SIZE-01)."""
    filled = [*marked(), Add((Message("m0"), Message("m1")), ("a",))]
    state = {SUMMARY_KEY: "t", "content": [entry("m8"), entry("m9")]}
    others: dict[str, Operation] = {
        "load_state_dict": LoadState(state),
        "load_state_dict of no message": LoadState({SUMMARY_KEY: "t", "content": []}),
    }
    return [
        dense([*filled, *size, form, Size()], [f"size{again} after: {name}"])
        for name, form in (FORMS | others | EXTENSIONS).items()
        for again, size in (("", ()), (" again", (Size(),)))
    ]


def counted_without_summary() -> Sequence[Swept]:
    """Sweep ``size`` with a summary, and without (SIZE-02)."""
    message = Add((Message("m0"),))
    ways: dict[str, Sequence[Operation]] = {
        "a summary alone": [Summarise("s"), Size()],
        "a summary and a message": [message, Summarise("s"), Size()],
        "a message after a summary": [Summarise("s"), message, Size()],
        "a summary removed": [message, Summarise("s"), Summarise(""), Size()],
        "a summary after clear": [message, Summarise("s"), Clear(), Size()],
        "two summaries": [Summarise("s"), Summarise("t"), Size(), message, Size()],
    }
    return [dense(way, [f"size with {name}"]) for name, way in ways.items()]


def read_again() -> Sequence[Swept]:
    """Sweep reads, after each of which the whole state is looked at (GET-04)."""
    looks = [
        Read(mark, exclude, summary, watched=True)
        for mark in (None, "a", "none")
        for exclude in (None, "b", "a")
        for summary in (True, False)
    ]
    return [
        dense(
            [*marked(), Summarise("s"), *(each for look in looks for each in (look, look))],
            [
                f"mark {look.mark}, exclude_mark {look.exclude}, prepend_summary {look.summary}"
                for look in looks
            ],
            looks=Looks.ALWAYS,
        )
    ]


def bad_batches() -> Sequence[Swept]:
    """Sweep batches with one bad message, of which none is stored (ADD-07)."""
    bad = [
        *(
            AddWith("id", odd)
            for odd in ("an integer", "an empty string", "256 characters", "a NUL")
        ),
        *(AddWith("name", odd) for odd in ("an integer", "a lone surrogate", "None")),
        *(AddWith("role", odd) for odd in ("another role", "an integer")),
        *(AddWith("timestamp", odd) for odd in ("an integer", "a lone surrogate")),
        AddWith("invocation_id", "an integer"),
        *(AddWith("content", odd) for odd in ("None", "an integer", "a lone surrogate")),
        *(AddWith("content", odd, inside=True) for odd in NOT_JSON),
        *(AddWith("metadata", odd, inside=True) for odd in (*NOT_JSON, "NaN", "101 levels")),
        *(
            CallWith("add", "memories", odd)
            for odd in ("a message and None", "None and a message", "a message and a string")
        ),
    ]
    cells = ["; ".join(each.source("memory")[-2:]) for each in bad]
    return [dense([Add((Message("m0"),)), *bad, Size()], [f"a batch: {name}" for name in cells])]


_FULL: tuple[Operation, ...] = (*marked(), Add((Message("m0"), Message("m1")), ("a",)))


def empty_lists() -> Sequence[Swept]:
    """Sweep empty lists of ids and marks (DEL-03)."""
    return [
        dense([*_FULL, operation], [name], looks=Looks.ONCE)
        for name, operation in (
            ("delete: an empty list", Delete(())),
            ("delete_by_mark: an empty list", DeleteByMark(())),
        )
    ]


def deleted_with_marks() -> Sequence[Swept]:
    """Sweep that a deleted message is found by none of its marks (DEL-04)."""
    messages = Add((Message("m0"), Message("m1"), Message("m2")), ("a", "b"))
    looks = [
        Read("a"),
        Read("b", "a"),
        Read(exclude="a"),
        DeleteByMark(("a",), alone=True),
        DeleteByMark(("a", "b")),
        UpdateMarks("d"),
        UpdateMarks("d", "a"),
        UpdateMarks(None, "b"),
    ]
    return [
        dense(
            [messages, Add((Message("m3"),), ("c",)), gone, look],
            [f"{name}, then {'; '.join(look.source('memory'))}"],
            blind_to=(Delete.kind,),
        )
        for name, gone in (
            ("one deleted", Delete(("m1",))),
            ("all deleted", Delete(("m0", "m1", "m2"))),
            ("deleted by another mark", DeleteByMark(("b",))),
        )
        for look in looks
    ]


def cleared() -> Sequence[Swept]:
    """Sweep ``clear`` of whatever there is (CLR-01)."""
    ways: dict[str, Sequence[Operation]] = {
        "everything": [*_FULL],
        "nothing": [],
        "one message": [Add((Message("m0"),))],
        "marks attached later": [*_FULL, UpdateMarks("d"), UpdateMarks("e", "a")],
    }
    return [
        dense([*way, Clear(), Size(), Read(), Read("a")], [f"clear of {name}"], looks=Looks.ONCE)
        for name, way in ways.items()
    ]


def cleared_with_summary() -> Sequence[Swept]:
    """Sweep ``clear`` with a summary (CLR-02)."""
    return [
        dense([*before, Clear()], [f"clear, {name}"])
        for name, before in (
            ("a summary before the messages", [Summarise("s"), *_FULL]),
            ("a summary after the messages", [*_FULL, Summarise("s")]),
            ("a summary alone", [Summarise("s")]),
            ("a summary replaced", [Summarise("s"), *_FULL, Summarise("t")]),
            ("a summary removed", [Summarise("s"), *_FULL, Summarise("")]),
            ("a summary that reads as nothing", [Summarise("0"), *_FULL]),
        )
    ]


def marked_before_it_was_added() -> Sequence[Swept]:
    """Sweep marks that an unknown id was to get (MARK-10)."""
    later = Add((Message("later"), Message("m7")))
    return [
        dense([Add((Message("m0"),), ("a",)), update, later], [name], looks=Looks.ONCE)
        for name, update in (
            ("new_mark", UpdateMarks("a", ids=("later",))),
            ("new_mark, with a known id", UpdateMarks("b", ids=("m0", "later"))),
            ("new_mark and old_mark", UpdateMarks("b", "a", ("later", "m0"))),
            ("old_mark", UpdateMarks(None, "a", ("later",))),
        )
    ]


_TWO = (Client(), Client())


def seen_by_another() -> Sequence[Swept]:
    """Sweep what a second client sees that has looked, or changed something, before (DUR-03)."""
    looks = (Read(), Size(), Read("a"), Read(exclude="a"), Read("b", "c"))
    before: dict[str, Sequence[Operation]] = {
        "had looked": looks,
        "had changed something": (Add((Message("m7"),), ("a",)), Delete(("m7",))),
        "had changed marks": (UpdateMarks("d"), UpdateMarks(None, "d")),
    }
    return [
        dense(
            [
                *FILLED,
                *(Step(each, 1) for each in earlier),
                form,
                *(Step(look, 1) for look in (*looks[1:], looks[0])),
            ],
            [f"{name}, seen by another client that {what}"],
            clients=_TWO,
            looks=Looks.NEVER,
        )
        for name, form in FORMS.items()
        for what, earlier in before.items()
    ]


def acting_on_others() -> Sequence[Swept]:
    """Sweep every operation on what another client stored, counted (DUR-06)."""
    return [
        dense(
            [*FILLED, Step(form, 1), Size(), Step(Size(), 1)],
            [f"another client's: {name}"],
            counts=True,
            clients=_TWO,
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ] + [
        dense(
            [*FILLED, Step(Read(), 1), form, Step(second, 1)],
            [f"{name}, then another client's {other}"],
            counts=True,
            clients=_TWO,
            looks=Looks.ONCE,
        )
        for name, form in (
            ("delete", Delete(("m0",))),
            ("clear", Clear()),
            ("mark", UpdateMarks("c")),
        )
        for other, second in (
            ("delete", Delete(("m0", "m1"))),
            ("delete_by_mark", DeleteByMark(("a", "c"))),
            ("mark", UpdateMarks("c", "a")),
            ("mark of ids", UpdateMarks("c", ids=("m0", "m1"))),
            ("add", Add((Message("m0", "again"),))),
        )
    ]


MARKERS: tuple[Operation, ...] = (
    CallWith("add", "marks", "a marker"),
    CallWith("add", "marks", "a list of markers"),
    AddWith("id", "a marker that is an id"),
    AddWith("role", "a marker that is a role"),
    CallWith("delete", "msg_ids", "a list of marker ids"),
    CallWith("delete_by_mark", "mark", "a marker"),
    CallWith("delete_by_mark", "mark", "a list of markers"),
    CallWith("update_messages_mark", "new_mark", "a marker"),
    CallWith("update_messages_mark", "old_mark", "a marker"),
    CallWith("update_messages_mark", "msg_ids", "a list of marker ids"),
    CallWith("get_memory", "mark", "a marker"),
    CallWith("get_memory", "exclude_mark", "a marker"),
)
"""Every argument that is an id, a mark or a role, given a ``str`` subclass."""


def markers() -> Sequence[Swept]:
    """Sweep ``str`` subclasses as ids, marks and roles (VAL-04)."""
    before = [Add((Message("m0"), Message("m1")), ("hint", "a"))]
    return [
        dense(
            [*before, call],
            [f"{'; '.join(call.source('memory')[-2:])}"],
            looks=Looks.ONCE,
        )
        for call in MARKERS
    ]
