"""The checksum of PlainBuffer: CRC-8 with the polynomial x^8 + x^2 + x + 1, without reflection."""

from __future__ import annotations

import sys

_POLYNOMIAL = 0x07


def _of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ _POLYNOMIAL if byte & 0x80 else byte << 1
    return byte & 0xFF


_OF_BYTE = bytes(map(_of_byte, range(256)))

# Two bytes at a time take half the time of one at a time, and values are up to 2 MB long. A pair
# is read as the machine's own 16-bit number; the first byte is where the checksum so far goes.
_OF_PAIR = bytes(
    _OF_BYTE[_OF_BYTE[pair[0]] ^ pair[1]]
    for pair in (number.to_bytes(2, sys.byteorder) for number in range(1 << 16))
)
_FIRST = 0 if sys.byteorder == "little" else 8


def checksum(data: bytes | bytearray, start: int = 0) -> int:
    """Return the checksum of some bytes.

    Args:
        data: the bytes.
        start: the checksum of what came before them.
    """
    so_far = start
    half = len(data) & ~1
    for pair in memoryview(data)[:half].cast("H"):
        so_far = _OF_PAIR[pair ^ (so_far << _FIRST)]
    return _OF_BYTE[so_far ^ data[-1]] if len(data) & 1 else so_far
