"""Sweeps of ids and marks: hostile ones everywhere, look-alikes wherever two are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, DeleteByMark, Read, UpdateMarks
from memcert.short_term.sweeps.dense import chunks, dense
from memcert.short_term.values.identifiers import IDENTIFIERS, PAIRS
from memcert.short_term.values.value import Pair

_MARKS_OF_ONE = 8
"""How many marks one message carries at most: some stores have a limit, which is no look-alike."""


def hostile_ids() -> Sequence[Swept]:
    """Sweep every hostile identifier as the id of a message."""
    names = [each.name for each in IDENTIFIERS]
    ids = [each.value for each in IDENTIFIERS]
    usual = Message("usual")
    batch = Add((usual, *(Message(each) for each in ids)))
    return [
        dense([batch], [f"add, a list: {name}" for name in names]),
        dense([batch, Delete(tuple(ids))], [f"delete, a list: {name}" for name in names]),
        # Half of them stay, to be seen if another one's deletion takes them along.
        *(
            dense(
                [batch, *(Delete((each,)) for each in ids[half::2])],
                [f"delete, one id: {name}" for name in names[half::2]],
            )
            for half in (0, 1)
        ),
        dense(
            [batch, UpdateMarks("a", ids=tuple(ids))],
            [f"update_messages_mark, msg_ids: {name}" for name in names],
            looks=Looks.ONCE,
        ),
    ]


def hostile_marks() -> Sequence[Swept]:
    """Sweep every hostile identifier as a mark, at every argument that takes one."""
    names = [each.name for each in IDENTIFIERS]
    marks = [each.value for each in IDENTIFIERS]
    plain = Add((Message("m0"), Message("m1")))
    alone = [Add((Message(mark),), (mark,), alone=True) for mark in marks]
    listed = [
        Add((Message(f"n{n}"),), tuple(part)) for n, part in enumerate(chunks(marks, _MARKS_OF_ONE))
    ]
    return [
        dense(
            [plain, *alone],
            [f"add, {form}: {name}" for form in ("one message", "a mark") for name in names],
            looks=Looks.ONCE,
        ),
        dense(
            [
                plain,
                *listed,
                *(Read(mark, ids_only=True, summary=False) for mark in marks),
                *(Read(exclude=mark, ids_only=True, summary=False) for mark in marks),
                *(UpdateMarks(None, mark) for mark in marks[1::2]),
            ],
            [
                f"{place}: {name}"
                for place in (
                    "add, a list of marks",
                    "get_memory, mark",
                    "get_memory, exclude_mark",
                    "update_messages_mark, old_mark",
                )
                for name in names
            ],
        ),
        dense(
            [
                Add(tuple(Message(f"m{number}") for number in range(len(marks)))),
                *(UpdateMarks(mark, ids=(f"m{number}",)) for number, mark in enumerate(marks)),
                # Each mark takes the next one's place.
                *(UpdateMarks(mark, next_one) for mark, next_one in pairwise(marks)),
            ],
            [
                f"{place}: {name}"
                for place in (
                    "update_messages_mark, new_mark",
                    "update_messages_mark, old_mark and new_mark",
                )
                for name in names
            ],
            looks=Looks.ONCE,
        ),
        *(
            dense(
                [plain, *alone, *(DeleteByMark((mark,), alone=True) for mark in marks[half::2])],
                [f"delete_by_mark, a mark: {name}" for name in names[half::2]],
            )
            for half in (0, 1)
        ),
        *(
            dense(
                [plain, *alone, *(DeleteByMark((mark, "none")) for mark in marks[half::2])],
                [f"delete_by_mark, a list: {name}" for name in names[half::2]],
            )
            for half in (0, 1)
        ),
    ]


@dataclass(frozen=True)
class _Asked:
    """A pair in one direction: what is stored, and what is asked for instead."""

    pair: Pair
    stored: str
    asked: str

    @property
    def name(self) -> str:
        """Its name, with the direction."""
        return f"{self.pair.name}, {'forth' if self.stored == self.pair.one else 'back'}"


def directions(pairs: Sequence[Pair] = PAIRS) -> Iterator[Sequence[_Asked]]:
    """Give groups of pairs in one direction: in none is something stored that is asked for.

    Args:
        pairs: the pairs.
    """
    left = [
        _Asked(pair, *both)
        for pair in pairs
        for both in ((pair.one, pair.other), (pair.other, pair.one))
    ]
    while left:
        stored: set[str] = set()
        asked: set[str] = set()
        group, rest = [], []
        for each in left:
            if each.stored not in asked and each.asked not in stored:
                stored.add(each.stored)
                asked.add(each.asked)
                group.append(each)
            else:
                rest.append(each)
        yield group
        left = rest


def _once(group: Sequence[_Asked], side: str) -> tuple[str, ...]:
    """Return what is stored in some pairs, or asked for, each text once."""
    return tuple(dict.fromkeys(getattr(each, side) for each in group))


def alike_ids() -> Sequence[Swept]:
    """Sweep look-alikes wherever the id of a message is compared with another."""
    swept = []
    for group in directions():
        stored = Add(
            tuple(Message(text, f"{number}") for number, text in enumerate(_once(group, "stored")))
        )
        asked = _once(group, "asked")
        names = [each.name for each in group]
        swept += [
            dense(
                [stored, *(Delete((each,)) for each in asked), Delete(asked)],
                [f"delete, {form}: {name}" for form in ("one id", "a list") for name in names],
            ),
            dense(
                [
                    stored,
                    *(UpdateMarks("a", ids=(each,)) for each in asked),
                    UpdateMarks("b", ids=asked),
                    Read("a", ids_only=True),
                    Read("b", ids_only=True),
                ],
                [
                    f"update_messages_mark, {form}: {name}"
                    for form in ("one id", "a list of ids")
                    for name in names
                ],
            ),
            dense(
                [stored, Add(tuple(Message(each, "other") for each in asked))],
                [f"add, a list: {name}" for name in names],
            ),
            dense(
                [stored, *(Add((Message(each, "other"),), alone=True) for each in asked)],
                [f"add, one message: {name}" for name in names],
            ),
        ]
    both = tuple(dict.fromkeys(text for pair in PAIRS for text in (pair.one, pair.other)))
    swept.append(
        dense(
            [Add(tuple(map(Message, both)))], [f"add, in one call: {pair.name}" for pair in PAIRS]
        )
    )
    return swept


def alike_marks() -> Sequence[Swept]:
    """Sweep look-alikes wherever a mark is compared with another."""
    swept = []
    for group in directions():
        names = [each.name for each in group]
        asked = _once(group, "asked")
        stored: list[Operation] = [
            Add((Message(f"m{number}"),), tuple(part))
            for number, part in enumerate(chunks(_once(group, "stored"), _MARKS_OF_ONE))
        ]
        places: dict[str, list[Operation]] = {
            "get_memory, mark": [Read(mark, summary=False, ids_only=True) for mark in asked],
            "get_memory, exclude_mark": [
                Read(exclude=mark, summary=False, ids_only=True) for mark in asked
            ],
            "delete_by_mark, a mark": [DeleteByMark((mark,), alone=True) for mark in asked],
            "delete_by_mark, a list": [DeleteByMark(tuple(asked))],
            "update_messages_mark, old_mark": [
                *(UpdateMarks("new", mark) for mark in asked),
                Read("new", ids_only=True),
            ],
        }
        swept += [
            dense(
                [*stored, *operations],
                [f"{place}: {name}" for name in names],
                # Reads are looks themselves.
                looks=Looks.NEVER if place.startswith("get_memory") else Looks.PLAINLY,
            )
            for place, operations in places.items()
        ]
        swept.append(
            dense(
                [*stored, *(UpdateMarks(mark, ids=("m0",)) for mark in asked)],
                [f"update_messages_mark, new_mark: {name}" for name in names],
                looks=Looks.ONCE,
            )
        )
    messages = tuple(Message(f"m{number}") for number in range(len(PAIRS)))
    swept.append(
        dense(
            [
                Add(messages),
                *(UpdateMarks(pair.one, ids=(f"m{n}",)) for n, pair in enumerate(PAIRS)),
                *(UpdateMarks(pair.other, pair.one, (f"m{n}",)) for n, pair in enumerate(PAIRS)),
            ],
            [f"update_messages_mark, new_mark for old_mark: {pair.name}" for pair in PAIRS],
            looks=Looks.ONCE,
        )
    )
    swept.append(
        dense(
            [Add((Message(f"m{n}"),), (pair.one, pair.other)) for n, pair in enumerate(PAIRS)],
            [f"add, both in one call: {pair.name}" for pair in PAIRS],
            looks=Looks.ONCE,
        )
    )
    return swept
