"""A change of a text at one place, and what tells places of one text apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Edit:
    """A change of a text at one place.

    Args:
        operator: what kind of change it is, as people read it.
        start: where what is replaced begins, in characters from the text's beginning.
        end: where it ends.
        new: what takes its place.
    """

    operator: str
    start: int
    end: int
    new: str

    def applied(self, text: str) -> str:
        """Return the text after the change.

        Args:
            text: the text.
        """
        return text[: self.start] + self.new + text[self.end :]


@dataclass(frozen=True)
class Span:
    """A part of a text.

    Args:
        start: where it begins, in characters.
        end: where it ends.
    """

    start: int
    end: int

    def touches(self, edit: Edit) -> bool:
        """Tell whether a change is within this part.

        Args:
            edit: the change.
        """
        return self.start <= edit.start and edit.end <= self.end


def outside(edits: Iterable[Edit], spans: Iterable[Span]) -> list[Edit]:
    """Return the changes that are within none of some parts.

    Args:
        edits: the changes.
        spans: the parts.
    """
    left_out = list(spans)
    return [edit for edit in edits if not any(span.touches(edit) for span in left_out)]


class Lines:
    """The lines of a text: where a place in a line is in the text, and the other way round.

    Args:
        text: the text.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def offset(self, line: int, column: int) -> int:
        """Return the place of a column in a line, in characters from the text's beginning.

        Args:
            line: the line's number, from 1.
            column: how many characters of the line are before it.
        """
        return self._starts[line - 1] + column

    def offset_in_bytes(self, line: int, column: int) -> int:
        """Return the place of a column that counts bytes of UTF-8, as those of `ast` do.

        Args:
            line: the line's number, from 1.
            column: how many bytes of the line are before it.
        """
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)

    def number(self, offset: int) -> int:
        """Return the number of the line, from 1, that a place is in.

        Args:
            offset: the place, in characters from the text's beginning.
        """
        return max(bisect_right(self._starts[:-1], offset), 1)


def whole_lines(text: str, start: int, end: int) -> Span:
    """Return the part of a text that consists of the lines which another part touches.

    Args:
        text: the text.
        start: where that other part begins.
        end: where it ends.
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", max(end - 1, start))
    return Span(first, len(text) if last < 0 else last)
