"""What a measurement finds: figures in a table, and lines that hold or do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from memcert.measure.timing import Spread, ratio_text
from memcert_reference import JSONValue


class Held(StrEnum):
    """What became of something that must hold."""

    HOLDS = "holds"
    FAILS = "does not hold"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Line:
    """Something that must hold.

    Args:
        text: what.
        held: whether it does.
        found: what was measured, or why nothing was.
    """

    text: str
    held: Held
    found: str


@dataclass
class Part:
    """One measurement of one backend.

    Args:
        title: what was measured.
        head: the table's columns.
        rows: the table.
        lines: what must hold.
        figures: the same and more as JSON data.
        notes: what a reader of the table has to know.
    """

    title: str
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    figures: dict[str, JSONValue] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class WrongAnswer(Exception):
    """A memory did not do what was timed, so its time means nothing; one line that says what."""


def check(what: str, answer: object, expected: object) -> None:
    """Make sure that what was timed was done.

    Args:
        what: the operation.
        answer: what it returned.
        expected: what it should have returned.

    Raises:
        WrongAnswer: it is something else.
    """
    if answer != expected:
        raise WrongAnswer(f"{what} returned {answer!r}, not {expected!r}")


def judged(text: str, holds: bool, found: str) -> Line:
    """Return a line that was measured.

    Args:
        text: what must hold.
        holds: whether it does.
        found: what was measured.
    """
    return Line(text, Held.HOLDS if holds else Held.FAILS, found)


def not_measured(text: str, why: str) -> Line:
    """Return a line that could not be measured.

    Args:
        text: what must hold.
        why: why it is not known whether it does.
    """
    return Line(text, Held.NOT_MEASURED, why)


def at_most(text: str, ratio: Spread, limit: float) -> Line:
    """Return a line about a ratio, judged by its median.

    Args:
        text: what must hold.
        ratio: the ratio.
        limit: the most that it may be.
    """
    found = ratio_text(ratio)
    if ratio.low is not None and ratio.high is not None and ratio.low <= limit < ratio.high:
        found += "; the limit is within the interval: more --rounds would tell"
    return judged(text, ratio.median <= limit, found)
