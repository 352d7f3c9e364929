"""What a cell may hold, and in what order primary keys come."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

Value: TypeAlias = int | str | bytes | float | bool
"""The value of a cell: INTEGER, STRING, BINARY, DOUBLE, BOOLEAN."""


class _Everything:
    """A bound of a range: it is before, or after, every value."""

    __slots__ = ("_is_after", "_name")

    def __init__(self, name: str, is_after: bool) -> None:
        self._name = name
        self._is_after = is_after

    # A tuple of values compares its first items that differ, so a key with bounds in it has a
    # place among the keys without: a value's own comparison does not know a bound, and asks it.
    def __lt__(self, other: object) -> bool:
        return other is not self and not self._is_after

    def __gt__(self, other: object) -> bool:
        return other is not self and self._is_after

    def __le__(self, other: object) -> bool:
        return other is self or not self._is_after

    def __ge__(self, other: object) -> bool:
        return other is self or self._is_after

    def __repr__(self) -> str:
        return self._name


class KeyMarker(Enum):
    """What stands in a primary key where the service is to make a value."""

    AUTO_INCREMENT = "AUTO_INCREMENT"


Bound: TypeAlias = _Everything

INF_MIN: Final = _Everything("INF_MIN", is_after=False)
"""Before every value."""

INF_MAX: Final = _Everything("INF_MAX", is_after=True)
"""After every value."""

AUTO_INCREMENT: Final = KeyMarker.AUTO_INCREMENT
"""The service makes this value."""

KeyPart: TypeAlias = Value | Bound | KeyMarker
"""What a column of a primary key may hold in a request."""

Key: TypeAlias = tuple[Value, ...]
"""A stored primary key, in the order of the schema. Strings compare as their UTF-8 bytes do."""

KeyBound: TypeAlias = tuple[KeyPart, ...]
"""An end of a range."""

NamedKey: TypeAlias = list[tuple[str, KeyPart]]
"""A primary key as a request has it."""


def size_of(value: KeyPart) -> int:
    """Return how many bytes a value counts for: 8 for numbers, 1 for booleans, else its length.

    Args:
        value: a value; bounds and markers count for nothing.
    """
    if isinstance(value, bool):
        return 1
    if isinstance(value, int | float):
        return 8
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    return len(value) if isinstance(value, bytes) else 0


def type_of(value: KeyPart) -> str:
    """Return what the service calls a value's type in its messages.

    Args:
        value: a value, a bound or a marker.
    """
    if value is INF_MIN:
        return "VT_INF_MIN"
    if value is INF_MAX:
        return "VT_INF_MAX"
    if value is AUTO_INCREMENT:
        return "VT_AUTO_INCREMENT"
    for kind, name in _TYPES:
        if isinstance(value, kind):
            return name
    raise AssertionError(f"not a value: {value!r}")


_TYPES = (
    # A bool is an int too.
    (bool, "VT_BOOLEAN"),
    (int, "VT_INTEGER"),
    (float, "VT_DOUBLE"),
    (str, "VT_STRING"),
    (bytes, "VT_BLOB"),
)
