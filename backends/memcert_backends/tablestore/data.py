"""A change's text in the columns of a row, or in parts."""

from __future__ import annotations

import zlib
from typing import TypeAlias

Data: TypeAlias = "str | bytearray"
"""What a column holds: the text itself, or its compressed bytes."""

PART_BYTES = 320 * 1024
"""How much goes into one row, so that three fill a batch. A column takes 2 MB, and a row 4 MB."""

_SHORT = 1024
_FAST = 1


def packed(text: str) -> list[Data]:
    """Return a text as one piece, or as several that do not fit into one row.

    Where the SDK has no compiled codec, it takes a tenth of a second for each megabyte, and so
    does the emulator: compression is what takes less.

    Args:
        text: the text.
    """
    encoded = text.encode()
    if len(encoded) <= _SHORT:
        return [text]
    small = zlib.compress(encoded, _FAST)
    return [
        bytearray(small[start : start + PART_BYTES]) for start in range(0, len(small), PART_BYTES)
    ]


def unpacked(pieces: list[Data]) -> str:
    """Return the text of pieces.

    Args:
        pieces: what `packed` returned.
    """
    first = pieces[0]
    if isinstance(first, str):
        return first
    small = b"".join(bytes(piece) for piece in pieces if not isinstance(piece, str))
    return zlib.decompress(small).decode()
