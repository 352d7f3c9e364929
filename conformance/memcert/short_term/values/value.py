"""A hostile value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """A value that some fault of a store changes, loses or takes for another.

    Args:
        name: what it is, in a few words; the name of its cells.
        value: the value.
        catches: the fault.
    """

    name: str
    value: Any
    catches: str


@dataclass(frozen=True)
class Pair:
    """Two texts that are different and that some fault takes for the same.

    Args:
        name: what they differ in, in a few words; the name of their cells.
        one: the one.
        other: the other.
        catches: the fault.
    """

    name: str
    one: str
    other: str
    catches: str


def named(*groups: Iterable[Value]) -> tuple[Value, ...]:
    """Return values of several groups, and make sure that no name is there twice.

    Args:
        groups: the groups.

    Raises:
        ValueError: two of them have one name.
    """
    values = tuple(value for group in groups for value in group)
    names = [value.name for value in values]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two values are called {name!r}")
    return values
