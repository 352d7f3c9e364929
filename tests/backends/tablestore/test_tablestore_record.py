"""What is made of rows that were not read at one moment."""

from __future__ import annotations

from typing import Any

import pytest

from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.tablestore.record import (
    CHANGE,
    CHECKPOINT,
    FEW_CHANGES,
    FEW_CHARACTERS,
    MANY_CHANGES,
    PART,
    SUMS,
    Head,
    Reading,
    part_key,
    record_key,
)
from memcert_backends.tablestore.row import KIND, Item
from memcert_backends.tablestore.state import (
    Change,
    addition,
    change_of,
    deletion,
    marking,
    replacement,
    summarising,
    text_of,
)


def _change(version: int) -> Change:
    return deletion([f"of {version}"])


def _record(version: int, change: Change, **columns: Any) -> Item:
    sums = dict.fromkeys(SUMS, 0)
    said = {KIND: CHANGE, "written_by": "w", "parts": 0, **sums, "data": text_of(change)}
    return Item(record_key(version), said | columns)


def _records(*versions: int) -> list[Item]:
    return [_record(version, _change(version)) for version in versions]


def _checkpoint(version: int, upto: int, **columns: Any) -> Item:
    return _record(version, _base(upto), kind=CHECKPOINT, upto=upto, **columns)


def _base(upto: int) -> Change:
    return replacement(f"after {upto}", [])


def _read(known: int, items: list[Item]) -> tuple[int, list[Change]] | None:
    reading = Reading(known + 1)
    for item in sorted(items, key=lambda item: item.key):
        reading.take(item)
    found = reading.changes(Head(known))
    return None if found is None else (found[0].version, found[1])


@pytest.mark.parametrize(
    ("known", "items", "expected"),
    [
        (3, [], (3, [])),
        (0, _records(1, 2), (2, [_change(1), _change(2)])),
        (3, _records(4, 5), (5, [_change(4), _change(5)])),
        # A writer was quicker than the reader.
        (3, _records(5), None),
        (3, _records(4, 6), None),
        # A checkpoint changes nothing for who knows what comes before it.
        (3, [*_records(4, 5, 7), _checkpoint(6, 5)], (7, [_change(4), _change(5), _change(7)])),
        # Others begin with it.
        (0, [*_records(5, 7), _checkpoint(6, 5)], (7, [_base(5), _change(7)])),
        (3, [*_records(5, 7), _checkpoint(6, 5)], (7, [_base(5), _change(7)])),
        (0, [*_records(4, 5, 7), _checkpoint(6, 4)], (7, [_base(4), _change(5), _change(7)])),
        # It may be the change itself.
        (0, [*_records(7), _checkpoint(6, 6)], (7, [_base(6), _change(7)])),
        (5, [*_records(7), _checkpoint(6, 6)], (7, [_base(6), _change(7)])),
        # What comes after it must be there as well.
        (0, [*_records(7), _checkpoint(6, 4)], None),
        (0, [*_records(8), _checkpoint(6, 6)], None),
        # The latest, also while the one before is being removed.
        (
            0,
            [_checkpoint(3, 2, parts=2), *_records(4, 5, 6, 8), _checkpoint(7, 5)],
            (8, [_base(5), _change(6), _change(8)]),
        ),
        (0, [_checkpoint(3, 2, parts=2), *_records(4)], None),
    ],
)
def test_what_is_made_of_records(
    known: int, items: list[Item], expected: tuple[int, list[Change]] | None
) -> None:
    assert _read(known, items) == expected


@pytest.mark.parametrize("kind", [CHANGE, CHECKPOINT])
def test_parts_are_those_of_the_writer_and_all_of_them(kind: str) -> None:
    change = _base(4)
    text = text_of(change)
    # A checkpoint's are at the version whose state it is.
    version, parts_at = (4, 4) if kind == CHANGE else (5, 4)
    record = _record(version, change, kind=kind, parts=2, upto=4)
    del record.columns["data"]  # type: ignore[attr-defined]  # It is a dictionary.
    parts = [
        Item(part_key(parts_at, number, writer), {KIND: PART, "data": data})
        for number, writer, data in [(1, "w", text), (2, "w", ""), (1, "v", "?"), (3, "v", "?")]
    ]
    before = _records(4) if kind == CHECKPOINT else []
    assert _read(0 if kind == CHECKPOINT else 3, [*before, record, *parts]) == (version, [change])
    for missing in (0, 1):
        rest = [part for number, part in enumerate(parts) if number != missing]
        assert _read(0 if kind == CHECKPOINT else 3, [*before, record, *rest]) is None


@pytest.mark.parametrize(
    "change",
    [
        addition(
            [MessageRow("m\n", '{"a":"\\n\\u2028"}'), MessageRow("é", "{}")], ["x\n", "\U0001f600"]
        ),
        addition([MessageRow("m", "\u2028\x85\x1e")], []),
        replacement("sum\n\0", [MarkedRow("m", "{}", ["x"]), MarkedRow("n", "[]", [])]),
        replacement("", []),
        deletion(["a", "b\r\n"]),
        marking("x", None, ["m"]),
        marking(None, "x", None),
        summarising("\n\0\U0001f600"),
    ],
)
def test_changes_come_back_from_their_texts(change: Change) -> None:
    assert change_of(text_of(change)) == change


def test_when_it_is_time_for_a_checkpoint() -> None:
    assert not Head(changes=FEW_CHANGES).is_long
    assert Head(changes=FEW_CHANGES + 1).is_long
    assert not Head(changes=FEW_CHANGES + 1, base_rows=1000).is_long
    assert Head(changes=1001, base_rows=1000).is_long
    assert Head(changes=MANY_CHANGES + 1, base_rows=10**6).is_long
    assert not Head(length=10**9).is_dead_weight(10**9 // 2)
    assert Head(length=10**9 + 1).is_dead_weight(10**9 // 2)
    assert not Head(length=FEW_CHARACTERS).is_dead_weight(0)
    assert Head(length=FEW_CHARACTERS + 1).is_dead_weight(0)
