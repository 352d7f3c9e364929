"""Sweeps of the summary and what it stands beside."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.kept_operations import AddWhatIsRead
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, DeleteByMark, Read, Summarise, UpdateMarks
from memcert.short_term.sweeps.combinations import marked
from memcert.short_term.sweeps.dense import dense
from memcert.short_term.sweeps.sequences import FORMS

_MESSAGES = Add((Message("m0"), Message("m1", "s")), ("a",))


def removed() -> Sequence[Swept]:
    """Sweep removing the summary (SUM-02)."""
    ways: dict[str, Sequence[Operation]] = {
        "at once": [Summarise("s"), Summarise("")],
        "before there was one": [Summarise(""), _MESSAGES],
        "beside messages": [Summarise("s"), _MESSAGES, Summarise("")],
        "twice": [Summarise("s"), Summarise(""), Summarise("")],
        "and written again": [Summarise("s"), Summarise(""), Summarise("t")],
        "a long one": [Summarise("s" * 70_000), Summarise("")],
        "replaced by a shorter one": [Summarise("s" * 70_000), Summarise("t")],
    }
    return [dense(way, [f"removed {name}"]) for name, way in ways.items()]


def first() -> Sequence[Swept]:
    """Sweep that the summary comes first, whatever is read (SUM-03)."""
    marks = (None, "a", "none")
    reads = [Read(mark, exclude) for mark in marks for exclude in marks]
    cells = [f"mark {read.mark}, exclude_mark {read.exclude}" for read in reads]
    return [
        dense([*before, *reads], [f"{name}: {cell}" for cell in cells])
        for name, before in (
            ("before the messages", [Summarise("s"), *marked()]),
            ("after the messages", [*marked(), Summarise("s")]),
            ("no message", [Summarise("s")]),
            ("a message like it", [Summarise("s"), Add((Message("user", "s", "user"),))]),
        )
    ] + [
        dense([*before, AddWhatIsRead(), Read()], [f"read, and added again: {name}"])
        for name, before in (
            ("before the messages", [Summarise("s"), *marked()]),
            ("no message", [Summarise("s")]),
            ("no summary", marked()),
        )
    ]


def left_out() -> Sequence[Swept]:
    """Sweep reads without the summary, and the next one with it (SUM-04)."""
    return [
        dense(
            [
                *marked(),
                Summarise("s"),
                *(
                    each
                    for mark in (None, "a", "none")
                    for exclude in (None, "b")
                    for each in (Read(mark, exclude, summary=False), Read(mark, exclude))
                ),
            ],
            [
                f"mark {mark}, exclude_mark {exclude}"
                for mark in (None, "a", "none")
                for exclude in (None, "b")
            ],
        )
    ]


def is_no_message() -> Sequence[Swept]:
    """Sweep every operation beside a summary, which it must leave alone (SUM-05)."""
    names = ("user", "s", "_compressed_summary", "summary", "0", "None")
    extra: dict[str, Operation] = {
        "delete what it may be called": Delete(names),
        "mark what it may be called": UpdateMarks("a", ids=names),
        "delete_by_mark of all marks": DeleteByMark(("a", "b", "c")),
        "add a message that is called so": Add(tuple(map(Message, names)), ("a",)),
    }
    return [
        dense(
            [*marked(), Summarise("kept"), form, Read("a"), Read(exclude="a")],
            [f"beside a summary: {name}"],
            looks=Looks.ONCE,
        )
        for name, form in (FORMS | extra).items()
    ]
