"""The cells of a rule, for whoever wants to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def listed(cells: Sequence[str]) -> Iterator[str]:
    """Give a line for the positions at which the same values are tried, with these.

    Args:
        cells: their names: what comes after a ": " is tried at what stands before it.
    """
    positions: dict[str, list[str]] = {}
    for cell in cells:
        position, _, value = cell.partition(": ")
        positions.setdefault(position, []).append(value)
    groups: dict[tuple[str, ...], list[str]] = {}
    for position, values in positions.items():
        groups.setdefault(tuple(filter(None, values)), []).append(position)
    for named, places in groups.items():
        yield "; ".join(places) + (f": {', '.join(named)}" if named else "")
