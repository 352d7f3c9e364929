"""Dates as the index keeps them, in nanoseconds since 1970, and the formats they are written in."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH_FORMATS = {
    "epoch_second": 1_000_000_000,
    "epoch_millis": 1_000_000,
    "epoch_micros": 1_000,
    "epoch_nanos": 1,
}
"""The formats of integer columns, and the nanoseconds that their unit has."""

NANOSECONDS_PER_MILLISECOND = 1_000_000
LATEST = 2**63 - 1
"""2262-04-11 23:47:16.854775807, the last date that an index keeps; the first is 1970."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = {
    "yyyy": r"(?P<year>\d{4})", "yy": r"(?P<short_year>\d{2})",
    "MM": r"(?P<month>\d{2})", "M": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{2})", "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})", "H": r"(?P<hour>\d{1,2})",
    "KK": r"(?P<half_hour>\d{2})", "K": r"(?P<half_hour>\d{1,2})",
    "a": r"(?P<half>[AaPp][Mm])",
    "mm": r"(?P<minute>\d{2})", "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{2})", "s": r"(?P<second>\d{1,2})",
    "X": r"(?P<zone>Z|[+-]\d{2}(?:\d{2})?)", "XX": r"(?P<zone>Z|[+-]\d{4})",
    "XXX": r"(?P<zone>Z|[+-]\d{2}:\d{2})",
}  # fmt: skip
_PIECES = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|(.)", re.DOTALL)


def known_format(pattern: str) -> bool:
    """Tell whether a format is one of the predefined ones, or made of letters that are known."""
    return pattern in EPOCH_FORMATS or _expression(pattern) is not None


def nanoseconds(value: int | str, formats: Sequence[str]) -> int | None:
    """Return a date's nanoseconds since 1970.

    Args:
        value: the column's value: an integer for an epoch format, else a text.
        formats: the field's formats; the first that fits is used.

    Returns:
        The nanoseconds, or None if no format fits or the date is out of range.
    """
    for pattern in formats:
        if pattern in EPOCH_FORMATS:
            if isinstance(value, int):
                result = value * EPOCH_FORMATS[pattern]
                return result if 0 <= result <= LATEST else None
            continue
        expression = _expression(pattern)
        found = expression.fullmatch(value) if expression and isinstance(value, str) else None
        if found:
            parts = {name: text for name, text in found.groupdict().items() if text is not None}
            result_or_none = _assembled(parts)
            if result_or_none is not None:
                return result_or_none if 0 <= result_or_none <= LATEST else None
    return None


def offset_minutes(zone: str) -> int | None:
    """Return the minutes east of UTC of `+08:00`, `+0800`, `+08`, `Z`; None for anything else."""
    if zone in {"", "Z", "UTC"}:
        return 0
    found = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone, re.ASCII)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return -minutes if found[1] == "-" else minutes


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str] | None:
    expression = ""
    for quoted, letters, letter, other in _PIECES.findall(pattern):
        if letters:
            digits = rf"(?P<fraction>\d{{{len(letters)}}})" if letter == "S" else None
            part = digits or _LETTERS.get(letters)
            if part is None:
                return None
            expression += part
        else:
            expression += re.escape(other or quoted.replace("''", "'") or "'")
    try:
        return re.compile(expression, re.ASCII) if pattern else None
    except re.error:  # A letter twice.
        return None


def _assembled(parts: Mapping[str, str]) -> int | None:
    year = int(parts.get("year", 0)) or 2000 + int(parts.get("short_year", -30))
    hour = int(parts.get("hour", 0))
    if "half_hour" in parts:
        hour = int(parts["half_hour"]) + (12 if parts.get("half", "am").lower() == "pm" else 0)
    try:
        moment = datetime(
            year, int(parts.get("month", 1)), int(parts.get("day", 1)),
            hour, int(parts.get("minute", 0)), int(parts.get("second", 0)), tzinfo=UTC,
        )  # fmt: skip
        moment -= timedelta(minutes=offset_minutes(parts.get("zone", "")) or 0)
    except (ValueError, OverflowError):
        return None
    since = moment - _EPOCH
    fraction = int(parts.get("fraction", "0").ljust(9, "0")[:9])
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + fraction
