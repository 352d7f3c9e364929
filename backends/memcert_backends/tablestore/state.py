"""What a space holds, and what changes it.

A change is JSON data, and says what is done rather than what comes of it, so that it can be written
down by who does not know what the space holds. Done in their order, changes lead to the same state
wherever they are done.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, cast

from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_reference.json_text import dump_json, load_json

Change: TypeAlias = list[Any]
"""The name of what is done, and with what."""


def addition(rows: list[MessageRow], marks: list[str]) -> Change:
    """Return the change that appends rows whose ids are not there.

    Args:
        rows: with distinct ids.
        marks: the marks of every row that is appended.
    """
    return ["add", [list(row) for row in rows], marks]


def deletion(msg_ids: list[str]) -> Change:
    """Return the change that removes rows.

    Args:
        msg_ids: which.
    """
    return ["delete", msg_ids]


def marking(new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None) -> Change:
    """Return the change of marks.

    Args:
        new_mark: what to attach, or None.
        old_mark: only rows that carry it, which lose it; None for no such limit.
        msg_ids: only these rows; None for all.
    """
    return ["mark", new_mark, old_mark, msg_ids]


def summarising(summary: str) -> Change:
    """Return the change of the summary.

    Args:
        summary: the new one.
    """
    return ["summary", summary]


def replacement(summary: str, rows: Iterable[MarkedRow]) -> Change:
    """Return the change after which nothing from before is there.

    Args:
        summary: the new summary.
        rows: the new rows.
    """
    return ["replace", summary, [list(row) for row in rows]]


def text_of(change: Change) -> str:
    """Return a change as a text: a line of JSON, then a line for each payload in it.

    Payloads are JSON without line breaks, and stay as they are.

    Args:
        change: the change.
    """
    match change:
        case ["add", rows, marks]:
            first, payloads = ["add", [row[0] for row in rows], marks], [row[1] for row in rows]
        case ["replace", summary, rows]:
            first = ["replace", summary, [[row[0], row[2]] for row in rows]]
            payloads = [row[1] for row in rows]
        case _:
            first, payloads = change, []
    return "\n".join([dump_json(first), *payloads])


def change_of(text: str) -> Change:
    """Return the change that a text says.

    Args:
        text: what `text_of` returned.
    """
    line, *payloads = text.split("\n")
    match load_json(line):
        case ["add", list(ids), marks]:
            return ["add", [list(row) for row in zip(ids, payloads, strict=True)], marks]
        case ["replace", summary, list(rows)]:
            whole = zip(cast("list[Any]", rows), payloads, strict=True)
            return ["replace", summary, [[row[0], payload, row[1]] for row, payload in whole]]
        case change:
            return cast(Change, change)


class _Entry:
    __slots__ = ("length", "marks", "payload")

    def __init__(self, msg_id: str, payload: str, marks: Iterable[str]) -> None:
        self.payload = payload
        self.marks = set(marks)
        # Of marks there may be more later, but they are short.
        self.length = len(msg_id) + len(payload)


class SpaceState:
    """What a space holds; nothing at first."""

    def __init__(self) -> None:
        self.summary = ""
        self._entries: dict[str, _Entry] = {}
        self._length = 0

    @property
    def length(self) -> int:
        """About how many characters a log of nothing else has."""
        return len(self.summary) + self._length

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, msg_id: str) -> bool:
        return msg_id in self._entries

    def payloads(self, mark: str | None, exclude_mark: str | None) -> list[str]:
        """Return the payloads of matching rows, in order.

        Args:
            mark: only rows with this mark; None for all.
            exclude_mark: no rows with this mark; None for none left out.
        """
        return [
            entry.payload
            for entry in self._entries.values()
            if (mark is None or mark in entry.marks)
            and (exclude_mark is None or exclude_mark not in entry.marks)
        ]

    def rows(self) -> list[MarkedRow]:
        """Return every row with its marks, in order."""
        return [
            MarkedRow(msg_id, entry.payload, sorted(entry.marks))
            for msg_id, entry in self._entries.items()
        ]

    def marked(self, marks: Iterable[str]) -> list[str]:
        """Return the ids of the rows that carry one of some marks.

        Args:
            marks: the marks.
        """
        wanted = set(marks)
        return [
            msg_id for msg_id, entry in self._entries.items() if not wanted.isdisjoint(entry.marks)
        ]

    def remarked(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> list[str]:
        """Return the ids of the rows that a change of marks changes.

        Args:
            new_mark: what to attach, or None; never equal to `old_mark`.
            old_mark: only rows that carry it, which lose it; None for no such limit.
            msg_ids: only these rows; None for all.
        """
        return [
            msg_id
            for msg_id in (self._entries if msg_ids is None else msg_ids)
            if msg_id in self._entries and _differs(self._entries[msg_id].marks, new_mark, old_mark)
        ]

    def do(self, change: Change) -> None:
        """Do a change.

        Args:
            change: the change.

        Raises:
            ValueError: there is no such change: a newer memory wrote it.
        """
        match change:
            case ["add", rows, marks]:
                for msg_id, payload in rows:
                    if msg_id not in self._entries:
                        self._put(msg_id, payload, marks)
            case ["delete", ids]:
                for msg_id in ids:
                    entry = self._entries.pop(msg_id, None)
                    self._length -= 0 if entry is None else entry.length
            case ["mark", new_mark, old_mark, ids]:
                for msg_id in self.remarked(new_mark, old_mark, ids):
                    marks = self._entries[msg_id].marks
                    marks.discard(old_mark)
                    if new_mark is not None:
                        marks.add(new_mark)
            case ["summary", summary]:
                self.summary = summary
            case ["replace", summary, rows]:
                self.summary = summary
                self._entries, self._length = {}, 0
                for msg_id, payload, marks in rows:
                    self._put(msg_id, payload, marks)
            case _:
                raise ValueError(f"the log holds a change that is not known here: {change[:1]}")

    def _put(self, msg_id: str, payload: str, marks: Iterable[str]) -> None:
        entry = self._entries[msg_id] = _Entry(msg_id, payload, marks)
        self._length += entry.length


def _differs(marks: set[str], new_mark: str | None, old_mark: str | None) -> bool:
    if old_mark is not None:
        return old_mark in marks
    return new_mark is not None and new_mark not in marks
