"""A mutation: one change of one file, and what it is known by when lines have moved."""

from __future__ import annotations

import hashlib
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import ndiff

from memcert.repository.mutation.edits import Edit, Lines, whole_lines


@dataclass(frozen=True)
class MutationKey:
    """What a mutation is known by: nothing of it changes when other lines do.

    Args:
        file: the file, from the root of the repository.
        operator: what kind of change it is.
        original: the lines that it changes, without what they are indented by.
        mutated: the same lines after the change.
        occurrence: the how manyth it is of those that are alike in all this, from 1.
    """

    file: str
    operator: str
    original: str
    mutated: str
    occurrence: int


@dataclass(frozen=True)
class Mutation:
    """One change of one file.

    Args:
        source: the name of what it is a mutant of (`memcert.repository.mutation.sources`).
        key: what it is known by.
        line: the number of the first line that it changes.
        text: the whole file after the change.
    """

    source: str
    key: MutationKey
    line: int
    text: str

    @property
    def id(self) -> str:
        """Its name: what it is a mutant of, the file, the operator, and a digest of its key."""
        stem = self.key.file.rpartition("/")[2].partition(".")[0]
        return f"{self.source}:{stem}:{self.key.operator}:{self._digest}"

    @property
    def _digest(self) -> str:
        key = self.key
        parts = [key.file, key.operator, key.original, key.mutated, str(key.occurrence)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]

    @property
    def diff(self) -> list[str]:
        """The change, as lines that begin with a minus, a plus or a blank."""
        before, after = self.key.original.splitlines(), self.key.mutated.splitlines()
        return [line for line in ndiff(before, after) if not line.startswith("?")]


def mutations_of(
    source: str, file: str, text: str, edits: Iterable[Edit], is_valid: Callable[[str], bool]
) -> Iterator[Mutation]:
    """Yield the mutations of a file, in the order of their places.

    What cannot be compiled is no mutant, and two that come to the same text are one.

    Args:
        source: the name of what they are mutants of.
        file: the file, from the root of the repository.
        text: what it holds.
        edits: the changes.
        is_valid: tells whether a text can be compiled.
    """
    lines = Lines(text)
    seen: set[str] = {text}
    occurrences: Counter[tuple[str, str, str]] = Counter()
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end, edit.operator, edit.new)):
        after = edit.applied(text)
        if after in seen or not is_valid(after):
            continue
        seen.add(after)
        part = whole_lines(text, edit.start, edit.end)
        end = part.end + len(after) - len(text)
        original = _stripped(text[part.start : part.end])
        mutated = _stripped(after[part.start : end])
        occurrences[edit.operator, original, mutated] += 1
        occurrence = occurrences[edit.operator, original, mutated]
        key = MutationKey(file, edit.operator, original, mutated, occurrence)
        yield Mutation(source, key, lines.number(edit.start), after)


def _stripped(text: str) -> str:
    return textwrap.dedent(text).strip("\n")
