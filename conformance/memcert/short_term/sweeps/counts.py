"""Sweeps of how many: messages, ids and marks, in one call and in one space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import IdRange, Message, MessageRange
from memcert.short_term.operations import Add, Clear, Delete, DeleteByMark, Read, Size, UpdateMarks
from memcert.short_term.state_operations import Export, ImportSaved, LoadSaved, SaveState
from memcert.short_term.sweeps.dense import chunks, dense
from memcert.short_term.values.counts import COUNTS, FEW, MANY, MARKS, MOST, VARIABLES, VERY_MANY


def _names(*operations: str, counts: Iterable[int]) -> list[str]:
    return [f"{operation}: {count:,}" for operation in operations for count in counts]


def in_one_call() -> Sequence[Swept]:
    """Sweep how many messages and ids one call may have (ARG-05)."""
    swept = []
    for counts in chunks(COUNTS, 12):
        operations: list[Operation] = []
        for count in counts:
            operations += [
                Add(MessageRange(count), ("z",)),
                UpdateMarks("a", ids=IdRange(count)),
                UpdateMarks("c", "a", IdRange(count)),
                Read("c", ids_only=True),
                Delete(IdRange(count)),
                Size(),
            ]
        names = _names(
            "add",
            "update_messages_mark, msg_ids",
            "update_messages_mark, msg_ids and old_mark",
            "delete",
            counts=counts,
        )
        swept.append(dense(operations, names, long=True))
    swept += [
        dense(
            [
                Add(MessageRange(count), ("z",)),
                UpdateMarks("a", ids=IdRange(count)),
                Read("a", ids_only=True),
                Delete(IdRange(count - 1)),
                Size(),
            ],
            _names("add", "update_messages_mark, msg_ids", "delete", counts=[count]),
            long=True,
        )
        for count in (MANY[1], VERY_MANY[2])
    ]
    least, middle, most = VARIABLES
    swept.append(
        dense(
            [
                Add(MessageRange(middle), ("z",)),
                Add(MessageRange(3, middle)),
                UpdateMarks("a", ids=IdRange(middle)),
                Read(exclude="a", ids_only=True),
                # All but a few are unknown from here on: what is sent counts, not what is stored.
                Delete(IdRange(least)),
                UpdateMarks("b", ids=IdRange(least + 5)),
                Read("b", ids_only=True),
                Delete(IdRange(middle)),
                UpdateMarks("c", ids=IdRange(most + 1)),
                Read("c", ids_only=True),
                Delete(IdRange(most)),
                Size(),
                Add(MessageRange(MOST), ("z",)),
                Size(),
                Delete(IdRange(MOST - 1)),
                Size(),
            ],
            [
                *_names("add", counts=(middle, MOST)),
                *_names("update_messages_mark, msg_ids", counts=(least + 5, middle, most + 1)),
                *_names("delete", counts=(*VARIABLES, MOST - 1)),
            ],
            long=True,
        )
    )
    return swept


def _grown(*looks: Operation, most: Sequence[int] = MANY) -> Sequence[Operation]:
    """Return operations that let a space grow from count to count, and look at each."""
    operations: list[Operation] = []
    before = 0
    for count in (*COUNTS, *most):
        operations += [Add(MessageRange(count - before, before), ("z",)), *looks]
        before = count
    return operations


def sizes() -> Sequence[Swept]:
    """Sweep how many messages a space may have for ``size`` (SIZE-01)."""
    most = (*MANY, *VERY_MANY)
    return [dense(_grown(Size(), most=most), _names("size", counts=(*COUNTS, *most)), long=True)]


def added() -> Sequence[Swept]:
    """Sweep how many messages one call may add (ADD-01)."""
    operations: list[Operation] = []
    start = 0
    for count in COUNTS:
        operations += [Add(MessageRange(count, start))]
        start += count
    return [dense(operations, _names("add without marks", counts=COUNTS), long=True)]


def added_with_marks() -> Sequence[Swept]:
    """Sweep how many messages one call may give marks (ADD-05)."""
    operations: list[Operation] = []
    start = 0
    for count in COUNTS:
        operations += [Add(MessageRange(count, start), ("z", f"m{count}"))]
        start += count
    names = _names("add with marks", counts=COUNTS)
    return [dense(operations, names, looks=Looks.ONCE, long=True)]


def counted(mark: bool = True) -> Sequence[Swept]:
    """Sweep how many changed messages are counted (MARK-06, DEL-06).

    Args:
        mark: whether marks are changed; else messages are deleted by a mark.
    """
    operations: list[Operation] = []
    for count in FEW:
        change = UpdateMarks("b", "z") if mark else DeleteByMark(("z",))
        operations += [Add(MessageRange(count), ("z",)), change, Clear()]
    what = "update_messages_mark counts" if mark else "delete_by_mark counts"
    return [dense(operations, _names(what, counts=FEW), counts=True, long=True)]


def deleted(*, counted: bool = False) -> Sequence[Swept]:
    """Sweep how many messages one call may delete (DEL-01, DEL-02).

    Args:
        counted: whether it is about the number that is returned.
    """
    counts = COUNTS if counted else FEW
    operations: list[Operation] = [Add((Message("stays"),), ("a",))]
    for count in counts:
        operations += [Add(MessageRange(count)), Delete(IdRange(count))]
        # What was left would be skipped by the next addition, and be seen by nobody.
        operations += [] if counted else [Read(ids_only=True)]
    return [dense(operations, _names("delete", counts=counts), counts=counted, long=True)]


def marked_by_ids() -> Sequence[Swept]:
    """Sweep how many messages one call may mark by their ids (MARK-01)."""
    operations: list[Operation] = [Add(MessageRange(FEW[-1] + 1))]
    for count in FEW:
        operations += [UpdateMarks("b", ids=IdRange(count)), Read("b", ids_only=True)]
        operations += [UpdateMarks(None, "b")]
    return [dense(operations, _names("update_messages_mark, msg_ids", counts=FEW), long=True)]


def _in_states(way: Sequence[Operation | Step], name: str, **program: Any) -> Sequence[Swept]:
    operations: list[Operation | Step] = []
    before = 0
    for count in FEW:
        operations += [Add(MessageRange(count - before, before), ("z",)), *way]
        before = count
    return [dense(operations, _names(name, counts=FEW), **program, long=True)]


def saved() -> Sequence[Swept]:
    """Sweep how many messages a state may hold (STATE-01)."""
    return _in_states([SaveState()], "state_dict")


def loaded() -> Sequence[Swept]:
    """Sweep how many messages may be loaded (STATE-03)."""
    way = [SaveState(), Clear(), LoadSaved(), Read(ids_only=True), Clear()]
    operations: list[Operation] = []
    for count in FEW:
        operations += [Add(MessageRange(count), ("z",)), *way]
    return [dense(operations, _names("load_state_dict", counts=FEW), long=True)]


def exported() -> Sequence[Swept]:
    """Sweep how many messages may be exported (EXP-01)."""
    return _in_states([Export()], "export_state")


def imported() -> Sequence[Swept]:
    """Sweep how many messages may be imported, into another space (EXP-02)."""
    return _in_states(
        [Export(), Step(ImportSaved(), 1), Step(Read("z", ids_only=True), 1)],
        "import_state",
        spaces=(SpaceName(), SpaceName("u", "s")),
        clients=(Client(0), Client(1)),
    )


def reads() -> Sequence[Swept]:
    """Sweep how many messages a read without a filter may return (ORD-05)."""
    look = Read(ids_only=True)
    return [dense(_grown(look), _names("get_memory", counts=(*COUNTS, *MANY)), long=True)]


def reads_with_a_mark() -> Sequence[Swept]:
    """Sweep how many messages a read with a mark may return (GET-01)."""
    look = Read("z", ids_only=True)
    return [dense(_grown(look), _names("get_memory, mark", counts=(*COUNTS, *MANY)), long=True)]


def reads_without_a_mark() -> Sequence[Swept]:
    """Sweep how many messages a read that leaves a mark out looks at (GET-02)."""
    some: list[Operation] = [Add((Message("plain"),)), Add((Message("left out"),), ("a",))]
    returned = _grown(Read(exclude="a", ids_only=True))
    left_out = _grown(Read(exclude="z", ids_only=True))
    counts = (*COUNTS, MANY[1])
    return [
        dense(
            [*some, *returned],
            _names("get_memory, exclude_mark, returned", counts=counts),
            long=True,
        ),
        dense(
            [*some, *left_out],
            _names("get_memory, exclude_mark, left out", counts=counts),
            long=True,
        ),
    ]


def marked_by_one_call() -> Sequence[Swept]:
    """Sweep how many messages are marked where no ids are given (MARK-02)."""
    return _marked("new_mark", UpdateMarks("b"), Read("b", ids_only=True), UpdateMarks(None, "b"))


def mark_replaced_by_one_call() -> Sequence[Swept]:
    """Sweep how many messages get another mark for an old one (MARK-03)."""
    return _marked(
        "new_mark and old_mark",
        UpdateMarks("y", "z"),
        Read("y", ids_only=True),
        UpdateMarks("z", "y"),
    )


def mark_removed_by_one_call() -> Sequence[Swept]:
    """Sweep how many messages lose a mark (MARK-05)."""
    return _marked("old_mark", UpdateMarks(None, "z"), Read("z", ids_only=True), UpdateMarks("z"))


def _marked(arguments: str, *updates: Operation) -> Sequence[Swept]:
    names = _names(f"update_messages_mark, {arguments}", counts=(*COUNTS, *MANY))
    return [dense(_grown(*updates), names, looks=Looks.ONCE, long=True)]


def deleted_by_a_mark() -> Sequence[Swept]:
    """Sweep how many messages ``delete_by_mark`` removes (DEL-05)."""
    counts = (*COUNTS, MANY[1])
    operations: list[Operation] = [Add((Message("stays"),), ("a",))]
    for count in counts:
        operations += [Add(MessageRange(count), ("z",)), DeleteByMark(("z",), alone=True), Size()]
    return [dense(operations, _names("delete_by_mark", counts=counts), long=True)]


def cleared() -> Sequence[Swept]:
    """Sweep how many messages ``clear`` removes (CLR-01)."""
    counts = (*COUNTS, MANY[1])
    operations: list[Operation] = []
    for count in counts:
        operations += [Add(MessageRange(count), ("z",)), Clear(), Size()]
    return [dense(operations, _names("clear", counts=counts), long=True)]


def marks() -> Sequence[Swept]:
    """Sweep how many marks a message may have, and one call may give (ADD-05)."""
    swept = []
    for count in MARKS:
        names = tuple(f"a{number}" for number in range(count))
        swept.append(
            dense(
                [
                    Add((Message("m0"), Message("m1")), names),
                    Add((Message("m2"),), names[-1:]),
                    *(Read(mark, ids_only=True) for mark in (names[0], names[-1], "none")),
                    *(Read(exclude=mark, ids_only=True) for mark in (names[count // 2], "none")),
                ],
                [f"add, marks: {count}"],
            )
        )
    return swept


def long_marks() -> Sequence[Swept]:
    """Sweep how many characters the marks of a message may have in all (ADD-05)."""
    swept = []
    for count in (2, 3, 4, 5, 16, 17, 64, 65, 258):
        names = tuple(f"{number:03}" + "k" * 252 for number in range(count))
        swept.append(
            dense(
                [
                    Add((Message("m0"), Message("m1")), names),
                    *(Read(mark, ids_only=True) for mark in (names[0], names[-1])),
                ],
                [f"add, marks of {255 * count:,} characters"],
            )
        )
    return swept


def one_more_mark() -> Sequence[Swept]:
    """Sweep how many marks a message may have when one more is attached (MARK-01)."""
    operations: list[Operation] = [Add((Message("m0"), Message("m1")))]
    for count in MARKS:
        names = tuple(f"a{number}" for number in range(count))
        message = Message(f"n{count}")
        operations += [
            Add((message,), names[:-1] or None),
            UpdateMarks(names[-1], ids=(message.id,)),
            Read(names[-1], ids_only=True),
        ]
    again = (UpdateMarks("a0", ids=("m0",)), UpdateMarks(None, "a0"))
    return [
        dense(operations, [f"marks of a message: {count}" for count in MARKS]),
        dense(
            [Add((Message("m0"), Message("m1"))), *again, *again, again[0]],
            ["marks of a message: removed and attached again"],
            looks=Looks.ONCE,
        ),
    ]


def marks_deleted_by() -> Sequence[Swept]:
    """Sweep how many marks ``delete_by_mark`` may be given (DEL-05)."""
    counts = (*MARKS, *(count for count in COUNTS if count > MARKS[-1]))
    operations: list[Operation] = []
    for count in counts:
        operations += [
            Add((Message("m0"),), (f"a{count - 1}",)),
            Add((Message("m1"),), (f"a{count}",)),
            DeleteByMark(tuple(f"a{number}" for number in range(count))),
            Size(),
            DeleteByMark((f"a{count}",)),
        ]
    names = [f"delete_by_mark, marks: {count:,}" for count in counts]
    return [dense(operations, names)]
