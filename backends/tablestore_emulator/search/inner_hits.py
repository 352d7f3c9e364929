"""Which rows of a nested field come back with a row."""

from dataclasses import dataclass

from tablestore_emulator.search.highlight import Highlight
from tablestore_emulator.search.sorting import Sorter


@dataclass(frozen=True)
class InnerHits:
    """How the matching rows of a nested field are returned.

    Args:
        sorters: their order; none for their places in the field.
        offset: how many are passed over.
        limit: how many are returned at most.
        highlight: what is highlighted in them.
    """

    sorters: tuple[Sorter, ...]
    offset: int
    limit: int
    highlight: Highlight
