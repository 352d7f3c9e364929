"""Sweeps of the arguments of one call, each form with each: there are few enough for all.

The messages carry every set of three marks, so that each combination meets each kind of message.
A call that names ids gets messages of its own, and many calls share a program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, product

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.sweeps.dense import dense

MARKS = ("a", "b", "c")

SETS: tuple[tuple[str, ...], ...] = tuple(
    chosen for count in range(len(MARKS) + 1) for chosen in combinations(MARKS, count)
)
"""Every set of marks."""


def _of(number: int, marks: Sequence[str]) -> str:
    """Return the id of the message with some marks that a call has to itself."""
    return f"m{number}{''.join(marks)}"


def marked(calls: int = 1) -> list[Operation]:
    """Return additions of messages with every set of marks, as many times as there are calls.

    Args:
        calls: how many.
    """
    return [
        Add(tuple(Message(_of(number, marks)) for number in range(calls)), marks or None)
        for marks in SETS
    ]


ID_FORMS: dict[str, Callable[[Sequence[str]], tuple[str, ...]]] = {
    "all": tuple,
    "none": lambda ids: (),
    "one": lambda ids: (ids[3],),
    "repeated": lambda ids: (ids[1], ids[4], ids[1], ids[2], ids[4], ids[6]),
    "in another order": lambda ids: tuple(reversed(ids)),
    "unknown": lambda ids: ("unknown",),
    "some unknown": lambda ids: ("unknown", *ids[2:6], "unknown too"),
}
"""The forms of a list of ids, given those of eight messages."""


def _ids(form: str, number: int) -> tuple[str, ...]:
    return ID_FORMS[form]([_of(number, marks) for marks in SETS])


def updates(
    matches: Callable[[str | None, str | None, str], object], *, counts: bool = False
) -> Sequence[Swept]:
    """Sweep combinations of the arguments of ``update_messages_mark``.

    Args:
        matches: given the new and the old mark and the form of the ids ("left out" for all
            messages), tells whether a rule is about the combination.
        counts: whether the rule is about the number that is returned.
    """
    marks = (None, *MARKS[:2], "d")
    found = [
        (new, old, form)
        for new, old, form in product(marks, marks, (*ID_FORMS, "left out"))
        if matches(new, old, form)
    ]
    with_ids = [each for each in found if each[2] != "left out"]
    swept = []
    if with_ids:
        calls = [
            UpdateMarks(new, old, _ids(form, number))
            for number, (new, old, form) in enumerate(with_ids)
        ]
        swept.append(
            dense(
                [*marked(len(calls)), *calls],
                map(_update_cell, with_ids),
                counts=counts,
                looks=Looks.ONCE,
            )
        )
    swept += [
        dense(
            [*marked(), UpdateMarks(new, old)],
            [_update_cell((new, old, form))],
            counts=counts,
            looks=Looks.ONCE,
        )
        for new, old, form in found
        if form == "left out"
    ]
    return swept


def _update_cell(arguments: tuple[str | None, str | None, str]) -> str:
    new, old, form = arguments
    return f"new_mark {new}, old_mark {old}, msg_ids {form}"


def reads(matches: Callable[[str | None, str | None, bool], bool]) -> Sequence[Swept]:
    """Sweep combinations of the arguments of ``get_memory``, with a summary and without.

    Args:
        matches: given the mark, the excluded mark and whether the summary is wanted, tells whether
            a rule is about the combination.
    """
    marks = (None, *MARKS, "none")
    calls = [
        Read(mark, exclude, summary)
        for mark, exclude, summary in product(marks, marks, (True, False))
        if matches(mark, exclude, summary)
    ]
    return [
        dense(
            [*marked(), *before, *calls],
            (
                f"mark {call.mark}, exclude_mark {call.exclude}, prepend_summary {call.summary},"
                f" {name}"
                for call in calls
            ),
        )
        for name, before in (("no summary", []), ("a summary", [Summarise("s")]))
    ]


def deletions(*, counts: bool = False) -> Sequence[Swept]:
    """Sweep the forms of the ids of ``delete``.

    Args:
        counts: whether the rule is about the number that is returned.
    """
    calls = [Delete(_ids(form, number)) for number, form in enumerate(ID_FORMS)]
    return [
        dense(
            [*marked(len(calls)), *calls],
            (f"delete, msg_ids: {form}" for form in ID_FORMS),
            counts=counts,
            looks=Looks.ONCE,
        )
    ]


MARK_FORMS: dict[str, tuple[tuple[str, ...], bool]] = {
    "a mark": (("a",), True),
    "another mark": (("b",), True),
    "an unknown mark": (("none",), True),
    "a list of one": (("a",), False),
    "a list of two": (("a", "b"), False),
    "a list of all": (("c", "b", "a"), False),
    "repeated": (("a", "a"), False),
    "a list with an unknown mark": (("none", "c"), False),
    "an empty list": ((), False),
}
"""The forms of the marks of ``delete_by_mark``: the marks, and whether one goes alone."""


def deletions_by_mark(*, counts: bool = False) -> Sequence[Swept]:
    """Sweep the forms of the marks of ``delete_by_mark``.

    Args:
        counts: whether the rule is about the number that is returned.
    """
    return [
        dense(
            [*marked(), DeleteByMark(marks, alone)],
            [f"delete_by_mark, mark: {form}"],
            counts=counts,
            looks=Looks.ONCE,
        )
        for form, (marks, alone) in MARK_FORMS.items()
    ]


MESSAGE_FORMS: dict[str, Callable[[int], tuple[tuple[Message, ...] | None, bool]]] = {
    "None": lambda number: (None, False),
    "an empty list": lambda number: ((), False),
    "one message": lambda number: (_new(number, 1), True),
    "a list of one": lambda number: (_new(number, 1), False),
    "a list of several": lambda number: (_new(number, 3), False),
    "one that is known": lambda number: ((Message("known", "other"),), True),
    "a list of one that is known": lambda number: ((Message("known", "other"),), False),
    "known and new": lambda number: ((Message("known", "other"), *_new(number, 2)), False),
    "new and known": lambda number: ((*_new(number, 2), Message("known", "other")), False),
    "repeated": lambda number: ((*_new(number, 2), *_new(number, 2, "again")), False),
    "repeated and known": lambda number: (
        (*_new(number, 1), Message("known", "other"), *_new(number, 1, "again")),
        False,
    ),
}
"""The forms of the messages of ``add``, for a call of a number; whether one goes alone."""


def _new(number: int, count: int, content: str = "x") -> tuple[Message, ...]:
    return tuple(Message(f"n{number}x{place}", content) for place in range(count))


ADDED_MARKS: dict[str, tuple[tuple[str, ...] | None, bool]] = {
    "left out": (None, False),
    "an empty list": ((), False),
    "a mark": (("a",), True),
    "a list of one": (("a",), False),
    "a list of two": (("b", "a"), False),
    "repeated": (("a", "b", "a"), False),
}
"""The forms of the marks of ``add``: the marks, and whether one goes alone."""


def additions(matches: Callable[[str, str], bool]) -> Sequence[Swept]:
    """Sweep combinations of the arguments of ``add``.

    Args:
        matches: given the form of the messages and that of the marks, tells whether a rule is about
            the combination.
    """
    calls, cells = [], []
    for number, (form, marks_form) in enumerate(product(MESSAGE_FORMS, ADDED_MARKS)):
        if not matches(form, marks_form):
            continue
        messages, one = MESSAGE_FORMS[form](number)
        marks, mark = ADDED_MARKS[marks_form]
        calls.append(Add(messages, marks, one, mark))
        cells.append(f"add, memories: {form}, marks: {marks_form}")
    known = Add((Message("known"), Message("known too")), ("c",))
    return [dense([known, *calls, Size()], cells, looks=Looks.ONCE)]


def first_uses(operations: Iterable[Operation]) -> Sequence[Swept]:
    """Sweep operations on a space that nothing was ever stored in.

    Args:
        operations: the operations.
    """
    return [
        dense(
            [operation, Size()],
            [f"first of all: {'; '.join(operation.source('memory'))}"],
            looks=Looks.ONCE,
        )
        for operation in operations
    ]
